using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Juming.Site.Response.Expressions;

namespace Juming.Site.Response.Cacao;

/// <summary>Reads the parts of a playbook: steps, commands, variables, agents and logins.</summary>
internal static class StepReader
{
    private const long MostMilliseconds = 366L * 24 * 3600 * 1000;

    /// <summary>Reads a step; null when its kind is not known.</summary>
    public static Step? Read(Node workflow, string id, Node step)
    {
        if (!Vocabulary.Identifier().IsMatch(id))
        {
            workflow.Wrong(id, "bad-identifier", ("value", Node.Cut(id)));
            return null;
        }
        if (step.Text("type", required: true) is not { } type) return null;
        if (!Vocabulary.StepTypes.TryGetValue(type, out var kind))
        {
            step.Wrong("type", "wrong-value", ("expected", string.Join(", ", Vocabulary.StepTypes.Keys)));
            return null;
        }
        if (Vocabulary.KindOf(id) != type) step.Wrong("type", "wrong-kind", ("expected", Vocabulary.KindOf(id)));
        var read = Common(step, id, kind);
        Ways(step, read);
        if (kind == StepType.Action) step.Id("agent", required: true);
        return kind switch
        {
            StepType.Action => read with { Commands = Commands(step), InArgs = step.Texts("in_args"), OutArgs = Outs(step) },
            StepType.PlaybookAction => read with { PlaybookId = step.Id("playbook_id", required: true) ?? "", InArgs = step.Texts("in_args"), OutArgs = Outs(step) },
            StepType.Parallel => read with { Branches = step.Ids("next_steps", least: 2, required: true) },
            StepType.If => read with { Condition = Condition(step), OnTrue = step.Id("on_true", required: true), OnFalse = step.Id("on_false") },
            StepType.While => read with { Condition = Condition(step), OnTrue = step.Id("on_true", required: true) },
            StepType.Switch => read with { Switch = step.Text("switch", required: true) ?? "", Cases = Cases(step) },
            _ => read,
        };
    }

    /// <summary>Reads variables of a playbook or step.</summary>
    public static IReadOnlyDictionary<string, Variable> Variables(Node holder, string name)
    {
        var variables = new Dictionary<string, Variable>();
        if (holder.Object(name) is not { } list) return variables;
        if (list.Json.Count > PlaybookReader.MostSteps) list.Wrong("", "too-many", ("most", "500"));
        foreach (var (key, variable) in list.Members())
        {
            if (!Vocabulary.VariableName().IsMatch(key)) list.Wrong(key, "bad-variable-name", ("value", Node.Cut(key)));
            variables[key] = new Variable(key, variable.Text("type", required: true) ?? "", Value(variable), variable.Flag("constant"), variable.Flag("external"));
        }
        return variables;
    }

    /// <summary>Reads an agent or target: with a type of the standard before its identity it must be of that type.</summary>
    public static void Agent(Node root, string holder, string id, Node agent)
    {
        if (!Vocabulary.Identifier().IsMatch(id)) root.Object(holder)!.Wrong(id, "bad-identifier", ("value", Node.Cut(id)));
        var type = agent.Text("type", required: true);
        agent.Text("name", required: true);
        var kind = Vocabulary.KindOf(id);
        if (type is not null && Vocabulary.AgentTypes.Contains(kind) && type != kind) agent.Wrong("type", "wrong-kind", ("expected", kind));
        if (type is null || !Vocabulary.AddressedAgents.Contains(type) || agent.Object("address", required: type != "linux" || agent.Has("address")) is not { } address) return;
        foreach (var (name, _) in address.Json.ToList()) address.Texts(name, least: 0);
    }

    /// <summary>Reads a login. A secret that stands in it is for nobody's eyes: it is warned of, and left out when the playbook is kept.</summary>
    public static void Login(Node root, string id, Node login)
    {
        if (!Vocabulary.Identifier().IsMatch(id)) root.Object("authentication_info_definitions")!.Wrong(id, "bad-identifier", ("value", Node.Cut(id)));
        var type = login.Text("type", required: true);
        var kind = Vocabulary.KindOf(id);
        if (type is not null && Vocabulary.AuthenticationTypes.Contains(kind) && type != kind) login.Wrong("type", "wrong-kind", ("expected", kind));
        foreach (var secret in InlineSecrets.Names.Where(login.Has)) login.Warn(secret, "secret-dropped");
    }

    private static Step Common(Node step, string id, StepType kind)
    {
        var own = step.Object("step_extensions")?.Object(Vocabulary.Extension);
        return new Step
        {
            Id = id,
            Type = kind,
            Name = step.Text("name") ?? "",
            Delay = TimeSpan.FromMilliseconds(step.Number("delay", 0, MostMilliseconds) ?? 0),
            Timeout = step.Number("timeout", 0, MostMilliseconds) is { } timeout and > 0 ? TimeSpan.FromMilliseconds(timeout) : null,
            Variables = Variables(step, "step_variables"),
            OnCompletion = step.Id("on_completion"),
            OnSuccess = step.Id("on_success"),
            OnFailure = step.Id("on_failure"),
            Retries = (int?)own?.Number("retries", 0, 10),
        };
    }

    private static void Ways(Node step, Step read)
    {
        if (read.OnCompletion is not null && (read.OnSuccess is not null || read.OnFailure is not null)) step.Wrong("on_completion", "both-ways");
        if (read.Type == StepType.End && read.After.Any()) step.Wrong("", "end-goes-on");
        if (read.Type == StepType.Start && (read.OnSuccess is not null || read.OnFailure is not null)) step.Wrong("", "start-branches");
    }

    private static List<Command> Commands(Node step)
    {
        var commands = new List<Command>();
        foreach (var command in step.Objects("commands", required: true))
        {
            var type = command.Text("type", required: true) ?? "";
            if (Vocabulary.EncodedCommands.Contains(type) || type == "openc2-http")
            {
                var content = type == "openc2-http" ? "content_b64" : "command_b64";
                if (!command.Has(content)) command.Wrong(content, "missing");
            }
            if (type is "http-api" or "openc2-http") command.Text("command", required: true);
            var capability = type == Vocabulary.CapabilityCommand ? command.Text("capability", required: true) : null;
            commands.Add(new Command(type, command.Text("command") ?? Decoded(command), capability ?? "", Args(command)));
        }
        return commands;
    }

    private static Dictionary<string, string> Args(Node command)
    {
        var args = new Dictionary<string, string>();
        if (command.Object("args") is not { } given) return args;
        foreach (var (name, _) in given.Json.ToList())
            if (given.Text(name) is { } value) args[name] = value;
        return args;
    }

    private static string Decoded(Node command)
    {
        if (command.Text("command_b64") is not { } encoded) return "";
        var bytes = new byte[encoded.Length];
        if (Convert.TryFromBase64String(encoded, bytes, out var length)) return Encoding.UTF8.GetString(bytes, 0, length);
        command.Wrong("command_b64", "bad-base64");
        return "";
    }

    private static IReadOnlyList<string> Outs(Node step)
    {
        var outs = step.Texts("out_args");
        for (var i = 0; i < outs.Count; i++)
            if (!Vocabulary.VariableName().IsMatch(outs[i])) step.Wrong("out_args", "bad-variable-name", ("value", Node.Cut(outs[i])));
        return outs;
    }

    private static string Condition(Node step)
    {
        if (step.Text("condition", required: true) is not { } condition) return "";
        if (Expression.Check(condition) is { } error) step.Wrong("condition", "expression", ("position", error.Place), ("reason", error.Code));
        return condition;
    }

    private static Dictionary<string, string> Cases(Node step)
    {
        var cases = new Dictionary<string, string>();
        if (step.Object("cases", required: true) is not { } list) return cases;
        foreach (var (name, _) in list.Json.ToList())
            if (list.Id(name) is { } target) cases[name] = target;
        if (!cases.ContainsKey("default")) step.Warn("cases", "no-default");
        return cases;
    }

    // Values are strings by the standard; numbers and truth values are taken as they are written elsewhere.
    private static string Value(Node variable) => variable.Json["value"] switch
    {
        null => "",
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String => value.GetValue<string>(),
        JsonValue value => value.ToString().ToLower(CultureInfo.InvariantCulture),
        var other => other.ToJsonString(),
    };
}
