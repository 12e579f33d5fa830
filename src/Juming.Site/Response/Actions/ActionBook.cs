using Juming.Site.Response.Cacao;
using Juming.Site.Response.Engine;

namespace Juming.Site.Response.Actions;

/// <summary>The actions that this site offers.</summary>
internal sealed class ActionBook(IEnumerable<IResponseAction> actions)
{
    /// <summary>Code of what a step without an own command stands for.</summary>
    public const string RunPlaybook = "run-playbook";

    public const string AskPerson = "ask-person";

    private readonly Dictionary<string, IResponseAction> _actions = actions.Where(a => a.IsOffered).ToDictionary(a => a.Spec.Code);

    public IEnumerable<IResponseAction> All => _actions.Values;

    public IResponseAction? Find(string code) => _actions.GetValueOrDefault(code);

    /// <summary>Code of the action of a step; empty when its command is none of ours.</summary>
    public static string CodeOf(Step step) => step.Type == StepType.PlaybookAction ? RunPlaybook : step.Commands.FirstOrDefault() is not { } command ? "" : command.Type switch
    {
        Vocabulary.CapabilityCommand => command.Capability,
        "manual" => AskPerson,
        _ => "",
    };

    /// <summary>Inputs of a step, with variables still in them.</summary>
    public static IReadOnlyDictionary<string, string> InputsOf(Step step)
    {
        if (step.Type == StepType.PlaybookAction) return step.InArgs.Distinct().ToDictionary(a => a, a => a + ":value").Append(KeyValuePair.Create("playbook", step.PlaybookId)).ToDictionary();
        if (step.Commands.FirstOrDefault() is not { } command) return ActionOutcome.Nothing;
        return command.Type == "manual" ? new Dictionary<string, string> { ["question"] = command.Text } : command.Args;
    }

    /// <summary>Inputs of a step with the values of their variables, each written in the form of its input: what comes from a log stays one value.</summary>
    public Dictionary<string, string> InputsOf(RunFlow flow, Step step)
    {
        var spec = Find(CodeOf(step))?.Spec;
        return InputsOf(step).ToDictionary(i => i.Key, i => flow.Resolve(step, i.Value, ValueForms.Of(spec?.Inputs.FirstOrDefault(s => s.Name == i.Key)?.Kind)));
    }

    /// <summary>Why a playbook can't run here: commands and inputs that no action takes.</summary>
    public IReadOnlyList<PlaybookProblem> Check(PlaybookModel model)
    {
        var problems = new List<PlaybookProblem>();
        foreach (var step in model.Steps.Values.Where(s => s.Type is StepType.Action or StepType.PlaybookAction)) Check(step, problems);
        return problems;
    }

    private void Check(Step step, List<PlaybookProblem> problems)
    {
        var pointer = $"/workflow/{step.Id}";
        if (step.Commands.Count > 1) Note("/commands", "one-command");
        var code = CodeOf(step);
        if (code.Length == 0) Note("/commands/0/type", "command-not-here", ("type", step.Commands.FirstOrDefault()?.Type ?? ""));
        else if (Find(code) is not { } action) Note("/commands/0/capability", "unknown-capability", ("capability", code));
        else if (step.Type == StepType.Action && step.Commands[0].Type == Vocabulary.CapabilityCommand)
        {
            var given = step.Commands[0].Args;
            foreach (var input in action.Spec.Inputs.Where(i => i.Required && string.IsNullOrWhiteSpace(given.GetValueOrDefault(i.Name)))) Note("/commands/0/args", "missing-input", ("input", input.Name));
            foreach (var name in given.Keys.Where(name => action.Spec.Inputs.All(i => i.Name != name))) Note("/commands/0/args", "unknown-input", ("input", name));
            foreach (var input in action.Spec.Inputs.Where(i => i.Choices.Length > 0 && given.GetValueOrDefault(i.Name) is { Length: > 0 } value && !value.Contains(":value", StringComparison.Ordinal) && !i.Choices.Contains(value)))
                Note("/commands/0/args", "bad-input", ("input", input.Name), ("expected", string.Join(", ", input.Choices)));
        }

        void Note(string at, string problem, params ReadOnlySpan<(string Name, string Value)> arguments) =>
            problems.Add(new PlaybookProblem(pointer + at, problem, ProblemRank.NotRunnable, PlanLine.Of(problem, arguments).Arguments));
    }
}
