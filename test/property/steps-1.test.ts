import { testSteps } from './steps';

testSteps(1);
