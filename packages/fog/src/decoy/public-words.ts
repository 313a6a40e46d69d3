/**
 * Words that tell nothing of a text because every English text has them. They may show in a decoy however rarely the
 * original has them; which ones it has is not secret.
 */
const publicWords: ReadonlySet<string> = new Set(
  (
    "a about above across after again against ago all almost also although always am among an and another any anything are " +
    "around as at away back be became because been before began being below between both but by came can cannot could did " +
    "do does done down during each early either enough even ever every far few first for four from full further gave get " +
    "give given go going good great had half has have he her here herself him himself his how however i if in indeed into " +
    "is it its itself just last late later least left less let like little long made make many may me might mine more most " +
    "much must my myself near never new next no none nor not nothing now of off often old on once one only or other others " +
    "our ourselves out over own part per perhaps quite rather really right said same saw say second see seem seemed several " +
    "shall she should since so some something soon still such take than that the their them themselves then there these they " +
    "thing things think this those though three through thus to today together told too took toward two under until up upon " +
    "us very was we well went were what when where whether which while who whole whom whose why will with within without " +
    "would year years yes yet you your yours yourself dear sincerely regards best kind thank thanks please hello hi " +
    "mr mrs ms dr sir madam re fw subject date page note notes " +
    "https http www com org net html htm php status index id en de"
  ).split(" "),
);

export function isPublic(word: string): boolean {
  return publicWords.has(word.toLowerCase());
}
