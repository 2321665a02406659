/** What is written for each script: src/script/modules.ts. */
declare module '#mrhooker/shared' {
  const ids: Readonly<Record<string, number | undefined>>;
  export default ids;
}
declare module '#mrhooker/natives' {
  const table: Readonly<Record<string, (() => unknown) | undefined>>;
  export default table;
}
