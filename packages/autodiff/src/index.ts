export { type DifferentiatedGraph, type DifferentiateRequest, differentiate } from "./differentiate.ts";
export { eliminateDeadNodes } from "./eliminate-dead-nodes.ts";
export { type GradientContext, type GradientRule, type InputGradient, notDifferentiable } from "./gradient-rule.ts";
export { gradientRules } from "./gradient-rules.ts";
export { simplify } from "./simplify.ts";
