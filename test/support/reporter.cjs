// mocha's spec reporter plus the closing line that other programs read. Reporters are loaded with require().
const { reporters } = require('mocha')

module.exports = class ClosingLine extends reporters.Spec {
  epilogue() {
    super.epilogue()
    const { passes, failures, pending } = this.stats
    console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`)
  }
}
