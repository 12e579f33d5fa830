using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juming.Site.Response.Expressions;

namespace Juming.Site.Response.Cacao;

/// <summary>What came of reading a document.</summary>
/// <param name="Document">The document, everything unknown kept; null when it is no JSON object.</param>
/// <param name="Model">What the engine walks; null when something is refused.</param>
/// <param name="Problems">All that is wrong, in the order of the document.</param>
internal sealed record PlaybookReading(JsonObject? Document, PlaybookModel? Model, IReadOnlyList<PlaybookProblem> Problems)
{
    /// <summary>True when something makes it no playbook at all.</summary>
    public bool IsRefused => Model is null;
}

/// <summary>Reads CACAO 2.0 documents strictly, within bounds, and writes them back.</summary>
internal static class PlaybookReader
{
    public const int MostCharacters = 1_000_000;
    public const int MostDepth = 32;
    public const int MostSteps = 500;
    public const int MostProblems = 200;

    private static readonly JsonDocumentOptions Bounds = new() { MaxDepth = MostDepth, AllowDuplicateProperties = false };

    // Chinese stays readable in an exported file; it is a file, never part of a page.
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a document.</summary>
    public static PlaybookReading Read(string json)
    {
        if (json.Length > MostCharacters) return Refusal("too-large", ("most", "1000000"));
        try
        {
            return JsonNode.Parse(json, documentOptions: Bounds) is JsonObject document ? Read(document) : Refusal("wrong-type", ("expected", "object"));
        }
        catch (JsonException e)
        {
            return Refusal("not-json", ("line", ((e.LineNumber ?? 0) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)), ("column", ((e.BytePositionInLine ?? 0) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Reads a document that is JSON already.</summary>
    public static PlaybookReading Read(JsonObject document)
    {
        var problems = new List<PlaybookProblem>();
        var model = new Reading(new Node(document, "", problems)).Run();
        return new PlaybookReading(document, problems.Any(p => p.Rank == ProblemRank.Refused) ? null : model, problems);
    }

    /// <summary>The document as a file.</summary>
    public static string Write(JsonObject document) => document.ToJsonString(Written);

    private static PlaybookReading Refusal(string code, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        var problems = new List<PlaybookProblem>();
        new Node([], "", problems).Wrong("", code, arguments);
        return new PlaybookReading(null, null, problems);
    }

    private sealed class Reading(Node root)
    {
        public PlaybookModel Run()
        {
            var head = Head();
            var variables = VariablesOf(root, "playbook_variables");
            var steps = new Dictionary<string, Step>();
            if (root.Object("workflow", required: true) is { } workflow) ReadSteps(workflow, steps);
            foreach (var (name, agent) in root.Object("agent_definitions")?.Members() ?? []) StepReader.Agent(root, "agent_definitions", name, agent);
            foreach (var (name, target) in root.Object("target_definitions")?.Members() ?? []) StepReader.Agent(root, "target_definitions", name, target);
            foreach (var (name, login) in root.Object("authentication_info_definitions")?.Members() ?? []) StepReader.Login(root, name, login);
            var triggers = Triggers(out var compensates);
            var start = root.Id("workflow_start", required: true) ?? "";
            var exception = root.Id("workflow_exception");
            if (start.Length > 0 && !steps.ContainsKey(start)) root.Wrong("workflow_start", "no-such-step", ("step", start));
            if (exception is not null && !steps.ContainsKey(exception)) root.Warn("workflow_exception", "no-exception-step", ("step", exception));
            var model = new PlaybookModel
            {
                Id = head.Id,
                Name = head.Name,
                Start = start,
                Exception = exception is not null && steps.ContainsKey(exception) ? exception : null,
                Variables = variables,
                Steps = steps,
                Triggers = triggers,
                Compensates = compensates,
                Ends = new HashSet<string>(),
            };
            model = model with { Ends = FlowCheck.EndsOf(model) };
            FlowCheck.Run(model, root);
            return model;
        }

        private (string Id, string Name) Head()
        {
            if (root.Text("type", required: true) is { } type && type != "playbook") root.Wrong("type", "wrong-value", ("expected", "playbook"));
            if (root.Text("spec_version", required: true) is { } version && version != "cacao-2.0") root.Wrong("spec_version", "wrong-value", ("expected", "cacao-2.0"));
            var id = root.Id("id", required: true) ?? "";
            if (id.Length > 0 && Vocabulary.KindOf(id) != "playbook") root.Wrong("id", "wrong-kind", ("expected", "playbook"));
            var name = root.Text("name", required: true) ?? "";
            if (name.Length > 200 || name.Any(char.IsControl)) root.Wrong("name", "too-long", ("most", "200"));
            root.Id("created_by", required: true);
            root.Instant("created", required: true);
            root.Instant("modified", required: true);
            root.Instant("valid_from");
            root.Instant("valid_until");
            root.Flag("revoked");
            foreach (var rating in new[] { "priority", "severity", "impact" }) root.Number(rating, 0, 100);
            foreach (var list in new[] { "derived_from", "related_to", "markings" }) root.Ids(list);
            root.Texts("playbook_types", least: 0);
            foreach (var list in new[] { "playbook_activities", "industry_sectors", "labels" }) root.Texts(list);
            foreach (var reference in root.Objects("external_references")) reference.Text("name", required: true);
            root.Text("description");
            return (id, name);
        }

        private static void ReadSteps(Node workflow, Dictionary<string, Step> steps)
        {
            if (workflow.Json.Count is 0 or > MostSteps)
            {
                workflow.Wrong("", workflow.Json.Count == 0 ? "too-few" : "too-many", ("least", "1"), ("most", "500"));
                return;
            }
            foreach (var (name, step) in workflow.Members())
                if (StepReader.Read(workflow, name, step) is { } read) steps[name] = read;
        }

        private List<Trigger> Triggers(out bool compensates)
        {
            var triggers = new List<Trigger>();
            var own = root.Object("playbook_extensions")?.Object(Vocabulary.Extension);
            compensates = own?.Flag("compensate") ?? false;
            foreach (var trigger in own?.Objects("triggers", least: 0) ?? [])
            {
                var read = new Trigger(trigger.Text("on", required: true) ?? "", trigger.Text("when") ?? "", trigger.Text("cron") ?? "");
                if (read.On.Length > 0 && !Vocabulary.TriggerKinds.Contains(read.On)) trigger.Wrong("on", "wrong-value", ("expected", string.Join(", ", Vocabulary.TriggerKinds)));
                if (read.When.Length > 0 && Expression.Check(read.When) is { } error) trigger.Wrong("when", "expression", ("position", error.Place), ("reason", error.Code));
                if (read.On == "schedule" && !Triggering.Schedule.IsCron(read.Cron)) trigger.Wrong("cron", "bad-cron");
                triggers.Add(read);
            }
            return triggers;
        }

        public static IReadOnlyDictionary<string, Variable> VariablesOf(Node holder, string name) => StepReader.Variables(holder, name);
    }
}
