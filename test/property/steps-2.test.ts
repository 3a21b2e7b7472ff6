import { testSteps } from './steps';

testSteps(2);
