using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

namespace Juming.Commands;

/// <summary><c>juming content …</c>: signed content that travels from the cloud down, and the keys that sign it.</summary>
internal static class ContentCommand
{
    public static void AddTo(RootCommand root)
    {
        var content = new Command("content", "Signed content: status, trust, import, export, key, delegate, root.");
        content.Subcommands.Add(AdminVerb.Make("status", "What signed content is here and how it stands. Exit code 1 when something has expired or was refused.", "DescribeContent", _ => new { }, PrintStatus, ExitOf));
        content.Subcommands.Add(WithText("trust", "FINGERPRINT", "Vouch for the cloud by the fingerprint that it shows; what its keys sign is taken from then on.", "TrustRoot", text => new { fingerprint = text }));
        content.Subcommands.Add(Import());
        content.Subcommands.Add(WithText("export", "FILE", "Write all content that is here to FILE, for hosts that no link reaches.", "ExportBundle", file => new { file = Path.GetFullPath(file) }, (answer, _) =>
            Console.WriteLine($"{answer.GetProperty("file").GetString()}: {answer.GetProperty("bytes").GetInt64()} bytes. Fingerprint of the cloud: {answer.GetProperty("fingerprint").GetString()}")));
        content.Subcommands.Add(AdminVerb.Make("key", "Show this operator's identity and public key, for the cloud's administrator.", "GetOwnKey", _ => new { }, (answer, _) =>
            Console.WriteLine($"{answer.GetProperty("id").GetString()} {answer.GetProperty("key").GetString()}"), only: "operator"));
        content.Subcommands.Add(Delegate());
        content.Subcommands.Add(RootKeyCommand.Make());
        root.Subcommands.Add(content);
    }

    private static Command WithText(string verb, string name, string help, string request, Func<string, object> arguments, Action<JsonElement, string>? print = null)
    {
        var text = new Argument<string>(name);
        var command = AdminVerb.Make(verb, help, request, line => arguments(line.GetValue(text)!), print ?? ((_, _) => Console.WriteLine("Done.")));
        command.Arguments.Add(text);
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "A bundle that the cloud or an operator has exported." };
        var fingerprint = new Option<string>("--fingerprint") { Description = "Vouch for the cloud whose root the bundle begins with, where this host trusts none yet.", DefaultValueFactory = _ => "" };
        var command = AdminVerb.Make("import", "Take content from FILE; the same checks as over a link.", "ImportBundle", line => new { file = Path.GetFullPath(line.GetValue(file)!), fingerprint = line.GetValue(fingerprint) }, (answer, _) =>
            Console.WriteLine(answer.GetProperty("changed").GetBoolean() ? $"Taken; version {answer.GetProperty("version").GetInt64()} counts now." : "All of it was here already."));
        command.Arguments.Add(file);
        command.Options.Add(fingerprint);
        return command;
    }

    private static Command Delegate()
    {
        var id = new Argument<Guid>("OPERATOR") { Description = "Identity of the operator, as juming content key shows it there." };
        var key = new Argument<string?>("KEY") { Description = "Its public key.", Arity = ArgumentArity.ZeroOrOne };
        var revoke = new Option<bool>("--revoke") { Description = "Take the delegation back." };
        var command = AdminVerb.Make("delegate", "Let an operator publish content of its own, and nothing else.", "DelegateOperator", line => (line.GetValue(key), line.GetValue(revoke)) switch
        {
            ({ } text, false) => new { @operator = line.GetValue(id), key = text },
            (null, true) => new { @operator = line.GetValue(id), key = "" },
            _ => throw new WrongUseException("Give the operator's key, or --revoke; one of the two."),
        }, (_, _) => Console.WriteLine("Done."), only: "cloud");
        command.Arguments.Add(id);
        command.Arguments.Add(key);
        command.Options.Add(revoke);
        return command;
    }

    private static void PrintStatus(JsonElement answer, string address)
    {
        Console.WriteLine(answer.GetProperty("fingerprint").GetString() is { } fingerprint ? $"Fingerprint {fingerprint}" : answer.GetProperty("offered").GetString() is { } offered ? $"Waits to be trusted: {offered}" : "No cloud is trusted yet.");
        foreach (var file in answer.GetProperty("files").EnumerateArray())
            Console.WriteLine($"{file.GetProperty("role").GetString(),-44} v{file.GetProperty("version").GetInt64(),-8} until {file.GetProperty("expires").GetString()} {file.GetProperty("age").GetString()}");
        foreach (var name in new[] { "problem", "takeProblem" })
            if (answer.GetProperty(name) is { ValueKind: JsonValueKind.Object } problem) Console.WriteLine($"{problem.GetProperty("code").GetString()}: {problem.GetProperty("sentence").GetString()}");
        if (answer.GetProperty("rootKeyIsHere").GetBoolean()) Console.WriteLine("The root key lies in this host's vault: take it off with juming content root export FILE.");
    }

    private static int ExitOf(JsonElement answer) =>
        answer.GetProperty("files").EnumerateArray().Any(f => f.GetProperty("age").GetString() != "Good") || answer.GetProperty("problem").ValueKind == JsonValueKind.Object || answer.GetProperty("takeProblem").ValueKind == JsonValueKind.Object ? Exit.Broken : Exit.Well;
}
