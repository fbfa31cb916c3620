import canonicalize from 'canonicalize'

/** For a structured column. */
export const stored = (value: object): string => canonicalize(value) ?? '{}'
