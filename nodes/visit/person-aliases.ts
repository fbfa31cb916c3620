/** Where the visit node leaves, for its successor and for fusion, which track was whom before a redeploy. */
export const personAliases = 'person-aliases'
export const noAliases: [trackId: string, personId: string][] = []
