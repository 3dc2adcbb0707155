"""Arithmetic expressions of the world's files: `bags * fee_per_bag`."""

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def calculate(expression: str, scope: Mapping[str, Any]) -> float:
    """Value of an arithmetic expression over names: + - * / // %, sum, min, max, count, days.

    Raises:
        ValueError: for anything else in the expression.
    """
    return _evaluate(ast.parse(expression, mode="eval").body, scope)


def _evaluate(node: ast.expr, scope: Mapping[str, Any]) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.Name):
        return float(scope[node.id])
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.left, scope), _evaluate(node.right, scope))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand, scope)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _call(node.func.id, node.args, scope)
    raise ValueError(f"not an arithmetic expression: {ast.unparse(node)!r}")


def _call(name: str, args: list[ast.expr], scope: Mapping[str, Any]) -> float:
    if name == "days" and len(args) == 2:
        first, last = (date.fromisoformat(scope[ast.unparse(arg)]) for arg in args)
        return (last - first).days
    if name == "count" and len(args) == 1:
        return len(scope[ast.unparse(args[0])])
    if name in ("sum", "min", "max") and isinstance(args[0], ast.Attribute):
        items = scope[ast.unparse(args[0].value)]
        values = [float(item[args[0].attr]) for item in items]
        return sum(values) if name == "sum" else min(values) if name == "min" else max(values)
    raise ValueError(f"unknown function {name!r} in a calculation")
