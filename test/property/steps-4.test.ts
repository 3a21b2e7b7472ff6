import { testSteps } from './steps';

testSteps(4);
