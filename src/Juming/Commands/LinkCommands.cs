using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

namespace Juming.Commands;

/// <summary>Verbs of links: <c>juming site token</c>, <c>juming operator token</c>, <c>juming enrol</c>, <c>juming link status</c>, <c>juming link leave</c>.</summary>
internal static class LinkCommands
{
    public static void AddTo(RootCommand root)
    {
        var site = new Command("site", "Sites of customers (operator): token, list.");
        site.Subcommands.Add(SiteToken());
        site.Subcommands.Add(AdminVerb.Make("list", "List sites with how they stand.", "ListSites", _ => new { take = 500 }, PrintSites, only: "operator"));
        root.Subcommands.Add(site);
        var platform = new Command("operator", "Operators (cloud): token, list.");
        platform.Subcommands.Add(OperatorToken());
        platform.Subcommands.Add(AdminVerb.Make("list", "List operators with how they stand.", "ListOperators", _ => new { }, PrintOperators, only: "cloud"));
        root.Subcommands.Add(platform);
        root.Subcommands.Add(Enrol());
        var link = new Command("link", "This host's links: status, leave.");
        link.Subcommands.Add(AdminVerb.Make("status", "How this host is linked, above and below. Exit code 1 when a link that should be there is not.", "DescribeLinks", _ => new { }, PrintStatus, ExitOf));
        link.Subcommands.Add(AdminVerb.Make("leave", "End this host's link with the one above.", "LeaveUpper", _ => new { }, (_, _) => Console.WriteLine("Done.")));
        root.Subcommands.Add(link);
    }

    private static Command SiteToken()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the site; entered where it is not there yet." };
        var customer = new Option<string>("--customer") { Description = "Name of the customer; entered where it is not there yet.", Required = true };
        var command = AdminVerb.Make("token", "Make a token with which a site joins, once, within 24 hours. It is shown this once.", "MakeSiteToken", line => new { customer = line.GetValue(customer), site = line.GetValue(name) }, (answer, _) => PrintToken(answer, "site"), only: "operator");
        command.Arguments.Add(name);
        command.Options.Add(customer);
        return command;
    }

    private static Command OperatorToken()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the operator; entered where it is not there yet." };
        var command = AdminVerb.Make("token", "Make a token with which an operator joins, once, within 24 hours. It is shown this once.", "MakeOperatorToken", line => new { name = line.GetValue(name) }, (answer, _) => PrintToken(answer, "operator"), only: "cloud");
        command.Arguments.Add(name);
        return command;
    }

    private static Command Enrol()
    {
        var url = new Option<string>("--operator", "--cloud", "--url") { Description = "Address of the host above, https://host:port.", Required = true };
        var token = new Option<string?>("--token") { Description = "The token. Other accounts of this machine may see it in the list of processes: --token-file hides it." };
        var file = new Option<string?>("--token-file") { Description = "File that holds the token; - reads a line of standard input, which is also what happens without either." };
        var command = AdminVerb.Make("enrol", "Join the host above by a token that works once.", "JoinUpper", line => new { url = line.GetValue(url), token = Token(line.GetValue(token), line.GetValue(file)) },
            (answer, _) => Console.WriteLine($"Joined {answer.GetProperty("url").GetString()} as {answer.GetProperty("self").GetString()}."), only: "site");
        command.Options.Add(url);
        command.Options.Add(token);
        command.Options.Add(file);
        return command;
    }

    private static string Token(string? token, string? file)
    {
        if (token is not null) return file is null ? token : throw new WrongUseException("Give --token or --token-file, not both.");
        if (file is null or "-")
        {
            if (!Console.IsInputRedirected) Console.Error.Write("Token: ");
            return Console.In.ReadLine()?.Trim() is { Length: > 0 } line ? line : throw new BadInputException("No token came.");
        }
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The token can't be read: {e.Message}");
        }
    }

    private static void PrintToken(JsonElement answer, string tier)
    {
        Console.WriteLine(answer.GetProperty("token").GetString());
        Console.Error.WriteLine($"Once, until {answer.GetProperty("until").GetString()}. On the other host: juming enrol --tier {tier} --operator {answer.GetProperty("url").GetString()} --token-file -");
    }

    private static void PrintSites(JsonElement answer, string address)
    {
        foreach (var site in answer.GetProperty("items").EnumerateArray())
            Console.WriteLine($"{site.GetProperty("id").GetString()} {site.GetProperty("state").GetString(),-12} {site.GetProperty("lastSeenAt").GetString() ?? "never",-33} {site.GetProperty("path").GetString()} / {site.GetProperty("name").GetString()}");
    }

    private static void PrintOperators(JsonElement answer, string address)
    {
        foreach (var one in answer.EnumerateArray())
        {
            var standing = one.GetProperty("standing");
            var joined = standing.ValueKind == JsonValueKind.Object;
            Console.WriteLine($"{one.GetProperty("id").GetString()} {(joined ? standing.GetProperty("state").GetString() : "new"),-12} {(joined ? standing.GetProperty("lastSeenAt").GetString() : null) ?? "never",-33} {one.GetProperty("name").GetString()}");
        }
    }

    private static void PrintStatus(JsonElement answer, string address)
    {
        var above = answer.GetProperty("above");
        if (!answer.GetProperty("isTop").GetBoolean())
        {
            Console.WriteLine($"Above: {above.GetProperty("state").GetString()} {above.GetProperty("url").GetString()} since {above.GetProperty("since").GetString()}");
            if (above.GetProperty("problem").GetString() is { Length: > 0 } problem) Console.WriteLine($"       {problem}: {above.GetProperty("detail").GetString()}");
            if (above.GetProperty("certificateUntil").GetString() is { } until) Console.WriteLine($"       certificate until {until}, clock {above.GetProperty("aheadMs").GetInt64()} ms ahead of ours");
            if (above.GetProperty("answerMs") is { ValueKind: JsonValueKind.Number } answered) Console.WriteLine($"       the last heartbeat was answered within {answered.GetDouble():0} ms");
            foreach (var topic in above.GetProperty("topics").EnumerateArray())
                Console.WriteLine($"       topic {topic.GetProperty("topic").GetInt32()} {(topic.GetProperty("up").GetBoolean() ? "up" : "down")}: {topic.GetProperty("records").GetInt64()} records, {topic.GetProperty("waiting").GetInt64()} waiting");
        }
        if (!answer.GetProperty("listens").GetBoolean()) return;
        var below = string.Join(", ", answer.GetProperty("below").EnumerateObject().Select(s => $"{s.Value.GetInt32()} {s.Name.ToLowerInvariant()}"));
        Console.WriteLine($"Below: {(below.Length == 0 ? "nobody" : below)}");
    }

    private static int ExitOf(JsonElement answer) => answer.GetProperty("isTop").GetBoolean() || answer.GetProperty("above").GetProperty("state").GetString() is "Connected" or "NotJoined" ? Exit.Well : Exit.Broken;
}
