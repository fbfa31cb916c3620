import { InvalidArgumentError, Option } from 'commander'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { AddCommand } from '../command.ts'
import { type LiveRecordOptions, recordStore } from '../record-store.ts'
import { recordTwin, type TwinRecordOptions } from '../record-twin.ts'
import { dataOption, profileOption } from '../store-options.ts'

type Options = LiveRecordOptions & TwinRecordOptions & { twin?: boolean }

const twinOptions = ['hours', 'visits', 'seed', 'shoppersPerHour', 'rateHz', 'plain'] as const

const addCommand: AddCommand = (program) => {
  const ofTwin = (flags: string, description: string, parse?: (text: string) => number) => {
    const option = new Option(flags, `with --twin: ${description}`)
    return parse ? option.argParser(parse) : option
  }
  program
    .command('record')
    .addOption(profileOption)
    .addOption(dataOption)
    .option('--out <folder>', 'a new folder; by default one in the store’s data folder, named by the time')
    .option('--seconds <n>', 'how long; without it until Ctrl-C', positive)
    .option('--max-gigabytes <n>', 'ends when so much is on the disk', positive, 8)
    .option('--twin', 'record simulated shoppers in virtual time, with the truth, instead of the running store')
    .addOption(ofTwin('--hours <n>', 'how long the store is open; 1 when --visits is not given either', positive))
    .addOption(ofTwin('--visits <n>', 'how many shoppers come', wholeNumber))
    .addOption(ofTwin('--seed <n>', 'the same seed gives the same recording; 1 by default', wholeNumber))
    .addOption(ofTwin('--shoppers-per-hour <n>', 'how many come; 120 by default', positive))
    .addOption(ofTwin('--rate-hz <n>', 'samples a second of each plate; 15 by default', positive))
    .addOption(ofTwin('--plain', 'do not pack the files with gzip'))
    .description(
      'record what the sensors of the running store, or of a simulated one, say; to run it again with replay',
    )
    .action(async (options: Options) => {
      refuseMixed(options)
      await (options.twin ? recordTwin(options) : recordStore(options))
    })
}

/** @throws AisleError `record-options` */
function refuseMixed(options: Options): void {
  const wrong = options.twin ? (['seconds'] as const) : twinOptions
  const given = wrong.find((name) => options[name] !== undefined)
  if (given === undefined) return
  throw new AisleError(
    'record-options',
    `"${given}" does not go with ${options.twin ? '' : 'a record without '}--twin.`,
    {
      action: 'With --twin say --hours or --visits, without it --seconds; see aisle record --help.',
    },
  )
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.')
  return value
}

export default addCommand
