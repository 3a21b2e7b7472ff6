import { testSteps } from './steps';

testSteps(3);
