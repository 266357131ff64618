/** A slot of the palette in app/globals.css. */
export type ChartColour = 1 | 2 | 3 | 4 | 5 | 6;

/** Colours as a canvas takes them, of the theme in force when it is made. */
export class ChartColours {
  private readonly style = getComputedStyle(document.documentElement);
  private readonly pixel: CanvasRenderingContext2D | null;

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = 1;
    canvas.height = 1;
    this.pixel = canvas.getContext('2d', { willReadFrequently: true });
  }

  series(slot: ChartColour): string {
    return this.role(`chart-${slot}`);
  }

  area(slot: ChartColour, opacity: number): string {
    return this.role(`chart-${slot}`, opacity);
  }

  /** @param name of a variable, without its dashes */
  role(name: string, opacity = 1): string {
    return this.resolve(this.style.getPropertyValue(`--${name}`).trim(), opacity);
  }

  /** In CSS pixels. */
  get rem(): number {
    return Number.parseFloat(this.style.fontSize);
  }

  get fontFamily(): string {
    return getComputedStyle(document.body).fontFamily;
  }

  /** The browser's own understanding of a colour, whichever notation the theme has it in. */
  private resolve(colour: string, opacity: number): string {
    if (this.pixel === null) return colour;
    this.pixel.clearRect(0, 0, 1, 1);
    this.pixel.fillStyle = colour;
    this.pixel.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = this.pixel.getImageData(0, 0, 1, 1).data;
    return `rgb(${red} ${green} ${blue} / ${opacity})`;
  }
}
