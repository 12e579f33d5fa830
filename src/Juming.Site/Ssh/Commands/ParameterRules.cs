using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Juming.Site.Ssh.Commands;

/// <summary>
/// What values parameters can have. Each type names what it accepts and refuses the rest: nothing that a shell, an option parser or a file tree would read as something
/// else comes through, though a value is quoted as one word anyway.
/// </summary>
internal static partial class ParameterRules
{
    private const int Longest = 1024;

    /// <summary>The types.</summary>
    public static readonly IReadOnlyList<string> Types = ["user", "group", "service", "word", "address", "network", "port", "number", "enum", "path", "fingerprint"];

    /// <summary>True when the value can be this parameter's.</summary>
    public static bool Accepts(CommandParameter parameter, string value) =>
        value.Length is > 0 and <= Longest && IsOfType(parameter, value) && (parameter.Pattern is not { } pattern || pattern.IsMatch(value));

    /// <summary>The values of all parameters, defaults among them; or the name of the first that is missing, unknown or wrong.</summary>
    public static (IReadOnlyDictionary<string, string> Values, string? Wrong) Read(CommandTemplate template, IReadOnlyDictionary<string, string> given)
    {
        var values = new Dictionary<string, string>();
        if (given.Keys.FirstOrDefault(name => template.Parameters.All(p => p.Name != name)) is { } unknown) return (values, unknown);
        foreach (var parameter in template.Parameters)
        {
            var value = given.GetValueOrDefault(parameter.Name, "") is { Length: > 0 } some ? some : parameter.Default;
            if (!Accepts(parameter, value)) return (values, parameter.Name);
            values[parameter.Name] = value;
        }
        return (values, null);
    }

    /// <summary>What is accepted, in the reader's language.</summary>
    public static string Hint(CommandParameter parameter) => parameter.Type switch
    {
        "number" => SshTexts.Of("Hint.number", parameter.Min, parameter.Max),
        "enum" => string.Join(" | ", parameter.Values),
        "path" => SshTexts.Of("Hint.path", string.Join(" ", parameter.Roots)),
        var type => SshTexts.Of("Hint." + type),
    };

    private static bool IsOfType(CommandParameter parameter, string value) => parameter.Type switch
    {
        "user" or "group" => AccountName().IsMatch(value),
        "service" => ServiceName().IsMatch(value),
        "word" => Word().IsMatch(value),
        // One notation each: what tools might read as another address is not given to them.
        "address" => IPAddress.TryParse(value, out var address) && !address.IsIPv4MappedToIPv6 && address.ToString() == value,
        "network" => IPNetwork.TryParse(value, out var network) && network.ToString() == value,
        "port" => IsNumber(value, 1, 65_535),
        "number" => IsNumber(value, parameter.Min, parameter.Max),
        "enum" => parameter.Values.Contains(value),
        "path" => IsPath(value) && parameter.Roots.Any(r => value == r || value.StartsWith(r + "/", StringComparison.Ordinal)),
        "fingerprint" => Fingerprint().IsMatch(value),
        _ => false,
    };

    private static bool IsNumber(string value, long least, long most) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most && number.ToString(CultureInfo.InvariantCulture) == value;

    /// <summary>An absolute path in its only notation. Letters of any script: files are named in all of them.</summary>
    public static bool IsPath(string value)
    {
        if (value.Length < 2 || value[0] != '/' || value[^1] == '/' || !value.IsNormalized(NormalizationForm.FormC)) return false;
        foreach (var part in value[1..].Split('/'))
            if (part is "" or "." or ".." || part[0] == '-') return false;
        return value.All(l => char.IsLetterOrDigit(l) || l is '/' or '.' or '_' or '+' or '@' or ',' or ':' or '=' or '-' or ' ');
    }

    // As useradd allows them. $ matches before a last line break, \z does not.
    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]{0,31}\z")]
    private static partial Regex AccountName();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9:_.@-]{0,99}\z")]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"\ASHA256:[A-Za-z0-9+/]{43}\z")]
    private static partial Regex Fingerprint();

    /// <summary>True for the fingerprint of a key as ssh-keygen shows it.</summary>
    public static bool IsFingerprint(string value) => Fingerprint().IsMatch(value);
}
