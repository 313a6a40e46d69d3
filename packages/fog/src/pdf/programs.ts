/** Words that the names of programs which write PDF consist of, beside numbers. */
const words = new Set(
  (
    "microsoft word excel powerpoint office for publisher visio outlook print to pdf acrobat adobe pdfmaker distiller indesign illustrator " +
    "photoshop framemaker livecycle designer library psl core exempi xmp image exiftool libreoffice openoffice org writer calc impress draw " +
    "pdftex latex tex xetex luatex luahbtex with hyperref package dvips dvipdfm dvipdfmx xdvipdfmx miktex live web lualatex pdflatex " +
    "ghostscript gpl afpl ghostpdl skia chromium chrome google docs renderer headlesschrome headless cairo quartz pdfcontext macos mac os x " +
    "version build ios pages numbers keynote textedit preview safari firefox mozilla wkhtmltopdf qt itext itextpdf itextsharp bvba group nv " +
    "agpl licensed unlicensed pdfsharp migradoc pdf-lib reportlab www com https http github hopding fpdf tcpdf mpdf dompdf prince apache fop " +
    "pdfbox pdfium pscript dll foxit phantompdf nitro pro pandoc typst weasyprint jspdf aspose words cells net java sap crystal reports " +
    "jasperreports pdfkit canva oracle bi docusign wps onlyoffice softmaker textmaker abiword calligra kile lyx texmaker sage datev " +
    "cups pdfcreator bullzip primopdf cutepdf dopdf novapdf amyuni docuworks abbyy finereader finepdf groff antenna house formatter ltd " +
    "linux windows win mini unix release evaluation and by the a v r c via chromepdf puppeteer playwright mit modified using libharu haru " +
    "server export plugin standard dc reader api sdk engine technology preview inc corporation corp"
  ).split(" "),
);

/** The name, when it is one that programs give themselves; `null` for anything else, which may name a house or a person. */
export function programName(name: string): string | null {
  if (name.length > 160 || !/^[\w\s./$():;,+&®©™'-]*$/u.test(name)) return null;
  const parts = name.toLowerCase().match(/\p{L}[\p{L}-]*/gu) ?? [];
  const isKnown = (part: string): boolean =>
    words.has(part) || part.split("-").every((one) => one.length <= 1 || words.has(one));
  return parts.length > 0 && parts.every(isKnown) ? name : null;
}
