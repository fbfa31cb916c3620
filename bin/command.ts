import type { Command } from 'commander'

/** A file in `bin/commands/` exports one of these as default; `aisle --help` lists what is there. */
export type AddCommand = (program: Command) => void
