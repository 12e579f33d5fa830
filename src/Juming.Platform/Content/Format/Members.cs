using System.Globalization;
using System.Text.Json;

namespace Juming.Platform.Content.Format;

/// <summary>Reads the members of an object, each once, and at the end says whether there is one that nobody asked for.</summary>
internal sealed class Members
{
    private readonly JsonElement _of;
    private readonly string _what;
    private int _read;

    public Members(JsonElement of, string what)
    {
        if (of.ValueKind != JsonValueKind.Object) throw new ContentFormatException($"{what} is no object");
        (_of, _what) = (of, what);
    }

    /// <summary>A text of 1 to so many characters.</summary>
    public string Text(string name, int most) => Get(name, JsonValueKind.String).GetString() is { Length: > 0 } text && text.Length <= most ? text : throw Wrong(name);

    /// <summary>A text that may be missing.</summary>
    public string TextOr(string name, int most, string otherwise) => Has(name) ? Text(name, most) : otherwise;

    /// <summary>A whole number within bounds.</summary>
    public long Number(string name, long least, long most) => Get(name, JsonValueKind.Number).TryGetInt64(out var number) && number >= least && number <= most ? number : throw Wrong(name);

    /// <summary>A number that may be missing.</summary>
    public long NumberOr(string name, long least, long most, long otherwise) => Has(name) ? Number(name, least, most) : otherwise;

    /// <summary>True where it stands; it may only stand there as true.</summary>
    public bool Flag(string name)
    {
        if (!Has(name)) return false;
        return Take(name).ValueKind == JsonValueKind.True ? true : throw Wrong(name);
    }

    /// <summary>An instant in UTC, to the second.</summary>
    public DateTimeOffset Instant(string name) => DateTimeOffset.TryParseExact(Text(name, 20), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : throw Wrong(name);

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public byte[] Hash(string name) => HashOf(Text(name, 64)) ?? throw Wrong(name);

    /// <summary>An object.</summary>
    public JsonElement Object(string name) => Get(name, JsonValueKind.Object);

    /// <summary>An object that may be missing.</summary>
    public JsonElement? ObjectOr(string name) => Has(name) ? Object(name) : null;

    /// <summary>Items of a list of at most so many.</summary>
    public IEnumerable<JsonElement> Items(string name, int most) => Get(name, JsonValueKind.Array) is var list && list.GetArrayLength() <= most ? list.EnumerateArray() : throw Wrong(name);

    /// <summary>Members of an object of at most so many.</summary>
    public IEnumerable<JsonProperty> All(string name, int most) => Get(name, JsonValueKind.Object) is var of && of.EnumerateObject().Count() <= most ? of.EnumerateObject() : throw Wrong(name);

    /// <summary>Refuses what nobody asked for: a member that one reader knows and another does not is the beginning of a trick.</summary>
    public void End()
    {
        if (_of.EnumerateObject().Count() != _read) throw new ContentFormatException($"{_what} has a member that is not known; a newer release of the program may know it");
    }

    /// <summary>Reads a SHA-256; null when the text is none.</summary>
    public static byte[]? HashOf(string text) => text.Length == 64 && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f')) ? Convert.FromHexString(text) : null;

    private bool Has(string name) => _of.TryGetProperty(name, out _);

    private JsonElement Get(string name, JsonValueKind kind) => Take(name) is var value && value.ValueKind == kind ? value : throw Wrong(name);

    private JsonElement Take(string name)
    {
        if (!_of.TryGetProperty(name, out var value)) throw Wrong(name);
        _read++;
        return value;
    }

    private ContentFormatException Wrong(string name) => new($"'{name}' of {_what} is not what it must be");
}
