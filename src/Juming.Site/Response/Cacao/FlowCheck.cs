using Juming.Site.Response.Expressions;

namespace Juming.Site.Response.Cacao;

/// <summary>Looks at a playbook as a whole: where its steps lead, what they read and write.</summary>
internal static class FlowCheck
{
    /// <summary>Ends that the way outside of all branches leads to; the step for exceptions leads there too.</summary>
    public static IReadOnlySet<string> EndsOf(PlaybookModel model)
    {
        var ends = new HashSet<string>();
        var seen = new HashSet<string>();
        var open = new Stack<string>([model.Start]);
        if (model.Exception is not null) open.Push(model.Exception);
        while (open.TryPop(out var id))
        {
            if (!seen.Add(id) || !model.Steps.TryGetValue(id, out var step)) continue;
            if (step.Type == StepType.End) ends.Add(id);
            foreach (var after in step.After) open.Push(after);
        }
        return ends;
    }

    /// <summary>Notes what is wrong with the whole.</summary>
    public static void Run(PlaybookModel model, Node root)
    {
        if (root.Object("workflow") is not { } workflow) return;
        foreach (var step in model.Steps.Values)
        {
            if (workflow.Object(step.Id) is not { } node) continue;
            Targets(model, step, node);
            Names(model, step, node);
        }
        foreach (var id in Circles(model)) workflow.Wrong(id, "endless");
        var reached = Reached(model);
        foreach (var id in model.Steps.Keys.Where(id => !reached.Contains(id))) workflow.Warn(id, "unreachable");
    }

    private static void Targets(PlaybookModel model, Step step, Node node)
    {
        foreach (var (name, target) in new[] { ("on_completion", step.OnCompletion), ("on_success", step.OnSuccess), ("on_failure", step.OnFailure), ("on_true", step.OnTrue), ("on_false", step.OnFalse) })
            if (target is not null && !model.Steps.ContainsKey(target)) node.Wrong(name, "no-such-step", ("step", target));
        for (var i = 0; i < step.Branches.Count; i++)
            if (!model.Steps.ContainsKey(step.Branches[i])) node.Wrong("next_steps", "no-such-step", ("step", Node.Cut(step.Branches[i])));
        foreach (var (name, target) in step.Cases)
            if (!model.Steps.ContainsKey(target)) node.Object("cases")!.Wrong(name, "no-such-step", ("step", target));
    }

    private static void Names(PlaybookModel model, Step step, Node node)
    {
        foreach (var name in ReadBy(step).Distinct().Where(name => !model.Variables.ContainsKey(name) && !step.Variables.ContainsKey(name) && !RunVariables.Known.ContainsKey(name)))
            node.Warn("", "unknown-variable", ("name", Node.Cut(name)));
        foreach (var name in step.OutArgs)
            if ((step.Variables.GetValueOrDefault(name) ?? model.Variables.GetValueOrDefault(name)) is { IsConstant: true }) node.Wrong("out_args", "constant-written", ("name", name));
    }

    /// <summary>Variables that a step reads.</summary>
    public static IEnumerable<string> ReadBy(Step step)
    {
        foreach (var text in step.Commands.SelectMany(c => c.Args.Values.Append(c.Text)).Append(step.Switch))
            foreach (System.Text.RegularExpressions.Match match in Vocabulary.Reference().Matches(text)) yield return match.Value[..^":value".Length];
        foreach (var name in Expression.VariablesOf(step.Condition)) yield return name;
        foreach (var name in step.InArgs) yield return name;
    }

    private static HashSet<string> Reached(PlaybookModel model)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([model.Start]);
        if (model.Exception is not null) open.Push(model.Exception);
        while (open.TryPop(out var id))
            if (seen.Add(id) && model.Steps.TryGetValue(id, out var step))
                foreach (var next in step.After.Concat(step.Inside)) open.Push(next);
        return seen;
    }

    /// <summary>Steps that lead back to themselves other than through a while, which is the one loop there is.</summary>
    private static List<string> Circles(PlaybookModel model)
    {
        var circles = new List<string>();
        var state = new Dictionary<string, bool>();
        var path = new Stack<(string Id, IEnumerator<string> Ways)>();
        foreach (var root in model.Steps.Keys)
        {
            if (state.ContainsKey(root)) continue;
            path.Push(Enter(root));
            while (path.TryPeek(out var top))
            {
                if (!top.Ways.MoveNext())
                {
                    state[top.Id] = true;
                    path.Pop();
                    continue;
                }
                var to = top.Ways.Current;
                if (!model.Steps.TryGetValue(to, out var next)) continue;
                if (!state.TryGetValue(to, out var done)) path.Push(Enter(to));
                else if (!done && next.Type != StepType.While) circles.Add(top.Id);
            }
        }
        return circles;

        (string, IEnumerator<string>) Enter(string id)
        {
            state[id] = false;
            var step = model.Steps[id];
            return (id, step.After.Concat(step.Inside).GetEnumerator());
        }
    }
}
