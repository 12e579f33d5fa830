using YamlDotNet.RepresentationModel;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Reads the steps of a recipe.</summary>
internal sealed class StepReader(Action<YamlNode, string> fault, HashSet<string> ids)
{
    private static readonly string[] Ops = ["open", "click", "fill", "select", "check", "press", "wait", "dialog", "frame", "table.find", "table.read", "read", "assert", "if", "submit", "commit", "screenshot", "return"];
    private static readonly string[] Roles = ["button", "link", "menuitem", "tab", "treeitem", "option", "textbox", "combobox", "checkbox", "radio", "switch"];
    private int _unnamed;

    public IReadOnlyList<Step> List(YamlNode? node)
    {
        if (node is null) return [];
        if (node is not YamlSequenceNode list) { fault(node, "Steps are a list."); return []; }
        return [.. list.Children.Select(One).OfType<Step>()];
    }

    private Step? One(YamlNode node)
    {
        if (node is not YamlMappingNode mapping) { fault(node, "A step is a mapping."); return null; }
        var map = new YamlMap(mapping, "the step", fault);
        var ops = Ops.Where(map.Has).ToList();
        if (ops.Count != 1)
        {
            fault(node, ops.Count == 0 ? $"The step has no operation that is known; it has: {string.Join(", ", map.Keys)}." : $"The step has several operations: {string.Join(", ", ops)}.");
            return null;
        }
        var id = map.Text("id") ?? $"{ops[0]}-{++_unnamed}";
        if (!ids.Add(id)) fault(node, $"There are two steps '{id}'.");
        var step = new Step { Id = id, Op = ops[0], Line = (int)node.Start.Line, Optional = map.Flag("optional"), Timeout = map.Span("timeout"), Save = map.Text("save"), OnText = map.Pairs("on_text") };
        step = Operation(step, map, node);
        map.Skip("evidence");
        map.RefuseRest();
        return step;
    }

    private Step Operation(Step step, YamlMap map, YamlNode node)
    {
        if (step.Op == "if") return step with { Expr = map.Text("if"), Then = List(map.Node("then")), Else = List(map.Node("else")) };
        if (step.Op is "submit" or "commit") return Pressed(step, map);
        if (map.Node(step.Op) is not YamlMappingNode mapping) { fault(node, $"'{step.Op}' must be a mapping."); return step; }
        var body = new YamlMap(mapping, $"'{step.Op}'", fault);
        step = step.Op switch
        {
            "open" => step with { Ref = body.Text("ref"), Path = body.Text("path") },
            "click" => step with { Target = Target(body, mapping) },
            "fill" => step with { Target = Target(body, mapping), Value = body.Text("value") ?? "" },
            "select" => Select(step, body, mapping),
            "check" => step with { Target = Target(body, mapping), Value = body.Text("value") ?? "true" },
            "press" => step with { Key = body.Text("key") },
            "wait" => step with { Texts = body.Texts("text"), Gone = body.Texts("gone"), Timeout = body.Span("timeout") ?? step.Timeout },
            "dialog" => Dialog(step, body),
            "frame" => Frame(step, body),
            "table.find" => Find(step, body, mapping),
            "table.read" => step with { Header = body.Texts("header"), Where = Where(body), Save = body.Text("as") ?? step.Save, MaxPages = Pages(body) },
            "read" => Reading(step, body, mapping),
            "assert" => Assertion(step, body),
            "screenshot" => step with { Value = body.Text("name") ?? step.Id },
            _ => step with { Changed = body.Text("changed") is { } changed ? changed == "true" : null, Reason = body.Text("reason") },
        };
        if (step.Op == "screenshot") body.Skip("highlight");
        if (body.Has("optional")) step = step with { Optional = body.Flag("optional") };
        body.RefuseRest();
        return step;
    }

    private Step Pressed(Step step, YamlMap map)
    {
        if (map.Map(step.Op) is not { } body) return step;
        var click = body.Map("click");
        if (click is null) fault(body.Node("click") ?? map.Node(step.Op)!, $"'{step.Op}' says what to click.");
        var optional = step.Optional || body.Flag("optional") || (click?.Flag("optional") ?? false);
        step = step with { Target = click is null ? null : Target(click, (YamlMappingNode)body.Node("click")!), Mutates = true, Optional = optional };
        click?.RefuseRest();
        body.RefuseRest();
        return step;
    }

    private Step Select(Step step, YamlMap body, YamlMappingNode node)
    {
        step = step with { Target = Target(body, node), Value = body.Text("by") };
        return body.Node("option") is YamlMappingNode ? step with { OptionsBy = body.Pairs("option") } : step with { Options = body.Texts("option") };
    }

    private static Step Dialog(Step step, YamlMap body)
    {
        body.Skip("arm");
        return step with { Accept = body.Flag("accept"), Expect = body.Texts("expect") };
    }

    // Targets are looked for in every frame, so entering one only tells people where they are.
    private static Step Frame(Step step, YamlMap body)
    {
        body.Skip("enter");
        body.Skip("leave");
        return step;
    }

    private Step Find(Step step, YamlMap body, YamlMappingNode node)
    {
        var row = body.Pairs("row");
        if (row.Count == 0) fault(node, "'table.find' names the row it looks for.");
        var search = body.Map("search");
        search?.Skip("label");
        var wanted = search?.Text("value");
        search?.RefuseRest();
        return step with { Row = row, Search = wanted, MaxPages = Pages(body) };
    }

    private Step Reading(Step step, YamlMap body, YamlMappingNode node)
    {
        var near = body.Map("near");
        var target = near is not null ? new Target { Text = near.Texts("text") } : Target(body, node);
        near?.RefuseRest();
        body.Skip("unit");
        return step with { Target = target, Regex = body.Text("regex"), Save = body.Text("as") ?? step.Save, Cast = body.Text("cast"), Reason = near is null ? null : "near" };
    }

    private static Step Assertion(Step step, YamlMap body) => step with
    {
        Texts = body.Texts("text"),
        NoneOf = body.Texts("none_of"),
        Row = body.Pairs("row"),
        NotRow = body.Pairs("not_row"),
        Expr = body.Text("expr"),
        Timeout = body.Span("within") ?? step.Timeout,
        OnText = body.Has("on_text") ? body.Pairs("on_text") : step.OnText,
    };

    private static Dictionary<string, IReadOnlyList<string>> Where(YamlMap body) => body.Map("where") is { } where ? where.Keys.ToDictionary(k => k, where.Texts) : [];

    private static int Pages(YamlMap body)
    {
        var paging = body.Map("paging");
        var most = (int)Math.Clamp(paging?.Number("max") ?? 200, 1, 200);
        paging?.RefuseRest();
        return most;
    }

    private Target Target(YamlMap body, YamlNode node)
    {
        var role = body.Text("role");
        if (role is not null && !Roles.Contains(role)) fault(node, $"'{role}' is no role that is known: {string.Join(", ", Roles)}.");
        var target = new Target
        {
            Role = role,
            Name = body.Texts("name"),
            Label = body.Texts("label"),
            Text = body.Texts("text"),
            Placeholder = body.Texts("placeholder"),
            Near = body.Texts("near"),
            Id = body.Text("id"),
            Field = body.Text("field"),
            Css = body.Text("css"),
            Data = body.Pairs("data"),
            In = body.Text("in"),
        };
        if (target.Words.Length == 0 && target.In is null) fault(node, "The step does not say what it looks for: role, name, label, text, placeholder, id, field, data or css.");
        return target;
    }
}
