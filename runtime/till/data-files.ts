/** What the till keeps in the store's data folder. */
export const databaseFile = 'till.sqlite'
export const headsFile = 'journal-heads.jsonl'
