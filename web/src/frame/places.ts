/** The pages that exist: what the navigation, the palette and the keys lead to. */
export const PLACES = [
  { to: '/', title: 'Loop', key: 'l', group: 'Now' },
  { to: '/models', title: 'Models', key: 'm', group: 'Now' },
  { to: '/rollouts', title: 'Rollouts', key: 'r', group: 'Now' },
  { to: '/alerts', title: 'Alerts', key: 'a', group: 'Now' },
  { to: '/experiments', title: 'Experiments', key: 'e', group: 'Build' },
  { to: '/traces', title: 'Traces', key: 't', group: 'Build' },
  { to: '/registry', title: 'Registry', key: 'v', group: 'Build' },
  { to: '/data', title: 'Data', key: 'd', group: 'Build' },
  { to: '/pipelines', title: 'Pipelines', key: 'p', group: 'Build' },
  { to: '/gates', title: 'Gates', key: 'g', group: 'Decide' },
  { to: '/why', title: 'Why', key: 'w', group: 'Decide' },
  { to: '/jobs', title: 'Jobs', key: 'j', group: 'Work' },
] as const

export type Place = (typeof PLACES)[number]
