"""What would have mended a rejected row, by its code; else by who is at fault."""

BY_CODE = {
    "unparsable_answer": "a model that keeps to the JSON that is asked for, or a larger max_reasks",
    "broken_rule": "a model that keeps to the rule, or a larger max_reasks",
    "model_error": "an endpoint that answers: `button models check` says what it can do",
    "internal_error": "no setting: this is a fault of the program; please report it",
    "near_duplicate": "a larger scenario_similarity, or fewer scenario_variants",
    "critic_refused": "a task whose parts belong together; a larger max_repairs asks again",
    "unsound_functions": "functions that the gate accepts; a larger max_repairs asks again",
    "human_turn_limit": "an assistant that asks less, or a larger max_human_turns",
    "assistant_turn_limit": "an assistant that comes to its end, or a larger max_assistant_turns",
    "call_limit": "an assistant that calls less, or a larger max_calls",
    "invalid_call_limit": "an assistant that reads the refusals, or a larger max_invalid_calls",
    "duplicate_first_message": "nothing: the earlier row is kept, and one of the two is enough",
    "near_duplicate_request": "other words, or --set near_duplicates=mark, which keeps such rows",
    "unserved_sub_task": "a successful call of one of its functions before the final answer",
    "edge_without_dataflow": "an argument taken from the result of the sub-task before it",
    "unasked_dependency": "arguments without that result, or an edge between the two sub-tasks",
    "out_of_order": "waiting for the earlier answer before calling",
    "no_parallel_turn": "both independent calls in one turn, or --parallel off",
    "dependent_batch": "two turns: the second call needs the result of the first",
    "joined_with_itself": "results of the two sources that differ",
    "ungrounded_argument": "the value as somebody said or returned it, or a question to the human",
    "invalid_arguments": "arguments as the function's parameters describe them",
    "invalid_result": "a result as the function's `returns` describes it",
    "contradiction": "the answer that was given before",
    "ungrounded_final_answer": "only figures, dates and ids that were said or returned",
    "unmentioned_sub_task": "one sentence on what came of that sub-task",
    "other_entity": "the entry that was chosen, by its name",
    "task_text_in_signature": "a function for any such request, not for this one",
    "judges_undecided": "judges that answer and agree; an odd number of judges.votes makes no ties",
    "strategy_shape": "sub-tasks whose dependencies have the shape of the strategy",
}
BY_FAULT = {
    "human": "another message of the human, who tells its task and nothing else",
    "assistant": "another message of the assistant",
    "tool": "another answer of the tool",
    "construction": "another task, or other functions, before anybody spoke",
}


def mended_by(code: str, fault: str) -> str:
    """One phrase on what would have made the row acceptable."""
    return BY_CODE.get(code) or BY_FAULT.get(fault, "another answer of that model")
