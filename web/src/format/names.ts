const METRICS: Readonly<Record<string, string>> = {
  mae: 'mean absolute error',
  mse: 'mean squared error',
  rmse: 'root mean squared error',
  mape: 'mean absolute percentage error',
  roc_auc: 'area under the ROC curve',
  f1_weighted: 'weighted F1',
}

const METHODS: Readonly<Record<string, string>> = {
  psi: 'PSI',
  ks: 'Kolmogorov-Smirnov',
}

/** `mean absolute error` for `mae`; a name that is none of the known ones stays as it is. */
export function metricName(name: string): string {
  return METRICS[name.toLowerCase()] ?? name.replaceAll('_', ' ')
}

/** `MAE` where there is no room for its name. */
export function metricShort(name: string): string {
  return name.toLowerCase() in METRICS && !name.includes('_')
    ? name.toUpperCase()
    : metricName(name)
}

/** `psi, ks` in words. */
export function methodNames(methods: string): string {
  return methods
    .split(/,\s*/)
    .map((method) => METHODS[method] ?? method)
    .join(', ')
}

/** As at the start of a sentence. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A title carries no full stop; a sentence in running text does. */
export function asTitle(sentence: string): string {
  return sentence.replace(/\.$/, '')
}

export function asSentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? capitalised(text) : `${capitalised(text)}.`
}
