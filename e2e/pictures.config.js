import tests from './playwright.config.js';

// `make pictures`: every page, wide and narrow, light and dark, into docs/pictures.
export default { ...tests, testDir: 'pictures', timeout: 240_000, workers: 2 };
