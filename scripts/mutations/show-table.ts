import type { Tried } from './try-mutations.ts';

/** The table of what became of each mutation, as Markdown. */
export function showTable(tried: readonly Tried[]): string {
  const rows = tried.map(({ mutation: { id, breaks, does }, result }) => {
    const noticed =
      result.kind === 'noticed'
        ? result.red.join('; ')
        : result.kind === 'survived'
          ? '**nothing**'
          : `**not tried**: ${result.why}`;
    return `| ${[breaks, `\`${id}\`: ${does}`, noticed].map(cell).join(' | ')} |`;
  });
  return ['| law or rule | mutation | which test went red |', '| --- | --- | --- |', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
