/**
 * What the server says in English, in another language. `{}` stands for what changes from one time
 * to the next, and comes in the translation in the same order, or as `{2}` in another.
 */
export type Sentences = readonly (readonly [english: string, translated: string])[];

/** @returns the sentence as it is where nobody has translated it */
export function sentenceTranslator(sentences: Sentences): (sentence: string) => string {
  const whole = new Map(sentences.filter(([english]) => !english.includes('{}')));
  const patterns = sentences
    .filter(([english]) => english.includes('{}'))
    .map(([english, translated]) => ({ pattern: patternOf(english), translated }));
  return (sentence) => {
    const known = whole.get(sentence);
    if (known !== undefined) return known;
    for (const { pattern, translated } of patterns) {
      const match = pattern.exec(sentence);
      if (match !== null) {
        // One sentence may stand in another.
        const values = match.slice(1).map((value) => whole.get(value) ?? value);
        return fill(translated, values);
      }
    }
    return sentence;
  };
}

function patternOf(english: string): RegExp {
  const parts = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.+?)')}$`, 'su');
}

function fill(translated: string, values: readonly string[]): string {
  let next = 0;
  return translated.replace(/\{(\d*)\}/g, (_hole, place: string) => {
    const at = place === '' ? next++ : Number(place) - 1;
    return values[at] ?? '';
  });
}
