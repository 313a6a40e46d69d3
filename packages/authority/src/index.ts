export { type AuthorityOptions, EmbeddedAuthority, openAuthority } from "./authority.js";
export {
  type AuthorityKeys,
  createAuthorityGroup,
  decodeAuthorityKeys,
  encodeAuthorityKeys,
  memberOf,
} from "./keys.js";
