import { InvalidArgumentError } from 'commander'
import type { AddCommand } from '../command.ts'
import { type RenderPicturesOptions, renderPictures } from '../render-pictures.ts'

const addCommand: AddCommand = (program) => {
  program
    .command('render-pictures')
    .requiredOption('--out <folder>', 'where the pictures and their labels go')
    .option('--count <n>', 'how many pictures', wholeNumber, 4000)
    .option('--seed <n>', 'the same seed gives the same pictures', wholeNumber, 1)
    .option('--width-px <n>', 'width of a picture', wholeNumber, 320)
    .option('--height-px <n>', 'height of a picture', wholeNumber, 240)
    .description('render pictures of random stores with the boxes of people and hands, to train a detector on')
    .action((options: RenderPicturesOptions) => renderPictures(options))
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 on')
  return Number(text)
}

export default addCommand
