import { killInRetrainings } from './retraining-kills.ts'

// More points in tests/interop.
killInRetrainings([0, 250, 600])
