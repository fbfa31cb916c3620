import { constants, setPriority } from 'node:os'

/**
 * Lets every other program of the store run first: pictures may be looked at a little later, a weight or a door may
 * not. Linux counts priorities by thread and hands them on to the threads that one starts, so this comes before any.
 */
export const runAfterOthers = (): void => setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
