/** Whether a text contains what may be a card's number: 13 to 19 digits whose check digit fits (ISO/IEC 7812-1). */
export const hasCardNumber = (text: string): boolean =>
  [...text.matchAll(/(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g)].some(([digits]) => luhn(digits.replaceAll(/\D/g, '')))

function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = i % 2 === 0 ? Number(digit) : 2 * Number(digit)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
