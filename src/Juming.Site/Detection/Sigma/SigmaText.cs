using System.Text;

namespace Juming.Site.Detection.Sigma;

/// <summary>How a text pattern is bound to the value.</summary>
internal enum TextShape
{
    /// <summary>The whole value.</summary>
    Equals,

    /// <summary>The value begins so.</summary>
    StartsWith,

    /// <summary>The value ends so.</summary>
    EndsWith,

    /// <summary>Anywhere in the value.</summary>
    Contains,

    /// <summary>Any value at all, so long as the field is there.</summary>
    Anything,

    /// <summary>Pieces with wildcards between them.</summary>
    Wildcard,
}

/// <summary>A value of a rule: literal pieces with the wildcards <c>*</c> and <c>?</c> between them.</summary>
internal sealed class SigmaText
{
    /// <summary>Longest value that a rule may hold, in characters.</summary>
    public const int MaxLength = 16_384;

    /// <summary>A piece: literal text, or one of the wildcards.</summary>
    public readonly record struct Piece(string? Literal, char Wildcard);

    private SigmaText(List<Piece> pieces) => Pieces = pieces;

    /// <summary>The pieces; neighbours are never both literal, nor both <c>*</c>.</summary>
    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>Reads wildcards and escapes: <c>\*</c>, <c>\?</c> and <c>\\</c> stand for the plain character, any other backslash for itself.</summary>
    public static SigmaText Parse(string value)
    {
        var pieces = new List<Piece>();
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == '\\' && i + 1 < value.Length && value[i + 1] is '*' or '?' or '\\') text.Append(value[++i]);
            else if (c is '*' or '?')
            {
                Flush(pieces, text);
                AddWildcard(pieces, c);
            }
            else text.Append(c);
        }
        Flush(pieces, text);
        return new SigmaText(pieces);
    }

    /// <summary>A value without wildcards.</summary>
    public static SigmaText Plain(string value) => new(value.Length == 0 ? [] : [new Piece(value, '\0')]);

    /// <summary>The value with <c>*</c> before and after it as asked.</summary>
    public SigmaText Open(bool before, bool after)
    {
        var pieces = new List<Piece>();
        if (before) AddWildcard(pieces, '*');
        foreach (var piece in Pieces)
            if (piece.Literal is null) AddWildcard(pieces, piece.Wildcard);
            else pieces.Add(piece);
        if (after) AddWildcard(pieces, '*');
        return new SigmaText(pieces);
    }

    /// <summary>True when there is no wildcard.</summary>
    public bool IsPlain => Pieces.All(p => p.Literal is not null);

    /// <summary>The literal text of a value without wildcards.</summary>
    public string PlainText => Pieces.Count == 0 ? "" : Pieces[0].Literal!;

    /// <summary>The cheapest way to look for it, and the literal for all shapes but <see cref="TextShape.Wildcard"/>.</summary>
    public (TextShape Shape, string Literal) Shape()
    {
        var star = (int i) => Pieces[i].Wildcard == '*';
        var literal = (int i) => Pieces[i].Literal;
        return Pieces.Count switch
        {
            0 => (TextShape.Equals, ""),
            1 when star(0) => (TextShape.Anything, ""),
            1 when literal(0) is { } t => (TextShape.Equals, t),
            2 when literal(0) is { } t && star(1) => (TextShape.StartsWith, t),
            2 when star(0) && literal(1) is { } t => (TextShape.EndsWith, t),
            3 when star(0) && literal(1) is { } t && star(2) => (TextShape.Contains, t),
            _ => (TextShape.Wildcard, ""),
        };
    }

    /// <summary>A form that is equal for equal patterns.</summary>
    public override string ToString() => string.Concat(Pieces.Select(p => p.Literal is { } t ? "\u0001" + t : "\u0002" + p.Wildcard));

    private static void AddWildcard(List<Piece> pieces, char c)
    {
        if (c == '*' && pieces is [.., { Wildcard: '*' }]) return;
        pieces.Add(new Piece(null, c));
    }

    private static void Flush(List<Piece> pieces, StringBuilder text)
    {
        if (text.Length == 0) return;
        pieces.Add(new Piece(text.ToString(), '\0'));
        text.Clear();
    }
}
