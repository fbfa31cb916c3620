/**
 * A basket also says what somebody may have taken and probably did not: that is for staff and for reviews. Shoppers see,
 * pay at a kiosk, and are told the sum of, what they are likelier to have than not.
 */
export const likelierThanNot = 0.5

export const isLikely = ({ probability }: { probability: number }): boolean => probability >= likelierThanNot
