export { type AuthorityOptions, EmbeddedAuthority, openAuthority } from "./authority.js";
export { keptBeside } from "./kept.js";
export {
  type AuthorityKeys,
  createAuthorityGroup,
  decodeAuthorityKeys,
  encodeAuthorityKeys,
  memberOf,
} from "./keys.js";
