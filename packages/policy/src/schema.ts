/**
 * What a policy may speak of. The groups of `context` say who vouches: `authority` measured it itself, `host` is the
 * word of the host, `reader` of the reader, `idp` of the identity provider (nothing yet). Only `authority` and the
 * reader's name are proved; a policy that leans on the others leans on whoever they name.
 */
export const schema: string = `
entity Reader = { issuer: String, name: String };
entity Item = { name: String, mediaType: String, size: Long };
action view, download appliesTo {
  principal: [Reader],
  resource: [Item],
  context: {
    authority: { time: datetime },
    host: { address?: ipaddr, country?: String },
    reader: { purpose?: String, country?: String },
    idp: {},
  },
};
`;

/** The schema in one sentence, for messages. A trailing `?` marks what a request may lack. */
export const schemaSentence: string =
  "Fogbound's schema knows Reader (issuer, name), Item (name, mediaType, size), the actions view and download, and " +
  "context.authority.time, context.host.address?, context.host.country?, context.reader.purpose?, context.reader.country?.";

/** Attributes of entities; a policy that reads none of them is decided without sending them. */
export const entityAttributes: ReadonlySet<string> = new Set(["issuer", "name", "mediaType", "size"]);
