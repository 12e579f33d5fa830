using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Handlers;

namespace Juming.Commands;

/// <summary>Makes verbs that send one request through the <see cref="AdminChannel"/> and print the answer.</summary>
internal static class AdminVerb
{
    /// <summary>A verb for one tier, with <c>--json</c>.</summary>
    /// <param name="name">Name of the verb.</param>
    /// <param name="help">One sentence.</param>
    /// <param name="request">Name of the request type.</param>
    /// <param name="arguments">Reads the request's properties from the command line.</param>
    /// <param name="print">Prints the answer for people, with the console's address in front of links; <c>--json</c> prints it as it is.</param>
    /// <param name="exit">Exit code for an answer; well by default.</param>
    /// <param name="only">Tier of a verb that only one has; may be left out then.</param>
    public static Command Make(string name, string help, string request, Func<ParseResult, object> arguments, Action<JsonElement, string> print, Func<JsonElement, int>? exit = null, string only = "") =>
        Make(name, help, line => (request, arguments(line)), print, exit, only);

    /// <summary>The same for a verb whose command line says which request it is.</summary>
    public static Command Make(string name, string help, Func<ParseResult, (string Name, object Arguments)> request, Action<JsonElement, string> print, Func<JsonElement, int>? exit = null, string only = "")
    {
        var tier = new TierArguments(only);
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command(name, help) { json };
        tier.AddTo(command, withUrls: false);
        command.SetAction(async (line, ct) =>
        {
            var hosts = tier.Read(line);
            if (hosts.Count != 1) throw new WrongUseException($"{name} works on one tier at a time.");
            var asked = request(line);
            var answer = await AdminChannel.Send(hosts[0], asked.Name, asked.Arguments, ct);
            if (answer.Refusal is { } refusal) return Refuse(refusal, line.GetValue(json));
            var value = answer.Value ?? default;
            if (line.GetValue(json)) Console.WriteLine(value.ValueKind == JsonValueKind.Undefined ? "{}" : value.GetRawText());
            else print(value, answer.Address);
            return exit?.Invoke(value) ?? Exit.Well;
        });
        return command;
    }

    private static int Refuse(AdminRefusal refusal, bool json)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(new { error = refusal.Code, sentence = refusal.Sentence }));
        else Console.Error.WriteLine(refusal.Sentence);
        return refusal.Kind == ErrorKind.Invalid ? Exit.BadInput : Exit.Refused;
    }
}
