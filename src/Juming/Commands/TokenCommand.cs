using System.CommandLine;

namespace Juming.Commands;

/// <summary><c>juming token …</c>: API tokens of a tier.</summary>
internal static class TokenCommand
{
    public static void AddTo(RootCommand root)
    {
        var token = new Command("token", "API tokens: create, list, revoke.");
        token.Subcommands.Add(Create());
        token.Subcommands.Add(AdminVerb.Make("list", "List tokens.", "ListTokens", _ => new { }, (answer, _) =>
        {
            foreach (var line in answer.EnumerateArray())
                Console.WriteLine($"{line.GetProperty("id").GetString()} {line.GetProperty("name").GetString(),-24} {line.GetProperty("start").GetString()}… {(line.GetProperty("revoked").GetBoolean() ? "revoked" : "until " + line.GetProperty("expiresAt").GetString())}");
        }));
        token.Subcommands.Add(Revoke());
        root.Subcommands.Add(token);
    }

    private static Command Create()
    {
        var name = new Option<string>("--name") { Description = "What the token is for.", DefaultValueFactory = _ => "token" };
        var scopes = new Option<string[]>("--scopes") { Description = "Codes of permissions, separated by commas.", Required = true, AllowMultipleArgumentsPerToken = true };
        var days = new Option<int>("--days") { Description = "Days until it expires, 1 to 730.", DefaultValueFactory = _ => 90 };
        var command = AdminVerb.Make("create", "Make a token; its text is shown this once.", "CreateToken",
            line => new { name = line.GetValue(name), scopes = Codes(line.GetValue(scopes)), days = line.GetValue(days) },
            (answer, _) => Console.WriteLine(answer.GetProperty("token").GetString()));
        command.Options.Add(name);
        command.Options.Add(scopes);
        command.Options.Add(days);
        return command;
    }

    private static Command Revoke()
    {
        var token = new Argument<string?>("TOKEN") { Description = "Identity or name of the token.", Arity = ArgumentArity.ZeroOrOne };
        var scopes = new Option<string[]>("--scopes") { Description = "Instead of a token: every token that holds one of these codes of permissions, separated by commas.", AllowMultipleArgumentsPerToken = true };
        var command = AdminVerb.Make("revoke", "End a token, or all that hold a right, at once.", line => (line.GetValue(token), Codes(line.GetValue(scopes))) switch
        {
            ({ } one, []) => ("RevokeToken", new { token = one }),
            (null, { Count: > 0 } codes) => ("RevokeTokensWith", new { scopes = codes }),
            _ => throw new WrongUseException("Name a token, or --scopes; one of the two."),
        }, (answer, _) => Console.WriteLine(answer.TryGetProperty("revoked", out var count) ? $"Ended: {count.GetInt32()}{string.Concat(answer.GetProperty("names").EnumerateArray().Select(n => "\n" + n.GetString()))}" : "Done."));
        command.Arguments.Add(token);
        command.Options.Add(scopes);
        return command;
    }

    private static List<string> Codes(string[]? scopes) => [.. (scopes ?? []).SelectMany(s => s.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
