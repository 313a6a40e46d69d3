export { learnOffice, mostOfficeBytes } from "./learn-office.js";
export { officeBytes } from "./office-decoy.js";
