import { killInRetrainings } from '../processes/retraining-kills.ts'

killInRetrainings(Array.from({ length: 25 }, (_, index) => index * 40))
