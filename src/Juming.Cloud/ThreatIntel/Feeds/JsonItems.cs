using System.Text.Json;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>Elements of a list of the outermost object, one after the other: files of a hundred megabytes need no more memory than their longest element.</summary>
internal sealed class JsonItems(Stream content, string list) : IDisposable
{
    private const int MostElement = 8 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = FeedJson.Options.MaxDepth, AllowTrailingCommas = true });
    private JsonDocument? _current;
    private int _from, _to;
    private bool _ended, _inList;

    /// <summary>The element that was read last.</summary>
    public JsonElement Current => _current!.RootElement;

    /// <summary>Reads the next element; false when there is none.</summary>
    /// <exception cref="FeedFailedException">It is no JSON, has no such list, or an element is longer than is taken.</exception>
    public bool Next()
    {
        _current?.Dispose();
        _current = null;
        try
        {
            while (true)
            {
                if (Step(out var over)) return true;
                if (over) return false;
                Fill();
            }
        }
        catch (JsonException e)
        {
            throw new FeedFailedException("unreadable", "it is no JSON: " + e.Message, e);
        }
    }

    /// <summary>Goes on with what the buffer holds.</summary>
    /// <returns>True with an element; otherwise more bytes are needed, unless it is over.</returns>
    private bool Step(out bool over)
    {
        over = false;
        var reader = new Utf8JsonReader(_buffer.AsSpan(_from, _to - _from), _ended, _state);
        while (true)
        {
            var (state, consumed) = (reader.CurrentState, (int)reader.BytesConsumed);
            if (!reader.Read())
            {
                Keep(state, consumed);
                if (!_ended) return false;
                throw new FeedFailedException("unreadable", $"there is no '{list}'");
            }
            if (!_inList)
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject)) throw new FeedFailedException("unreadable", "it is no object");
                if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0) throw new FeedFailedException("unreadable", $"there is no '{list}'");
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals(list)) continue;
                var (before, at) = (reader.CurrentState, (int)reader.BytesConsumed);
                if (!reader.Read())
                {
                    // The name again next time, with what follows it.
                    Keep(state, consumed);
                    if (_ended) throw new FeedFailedException("unreadable", "it breaks off");
                    return false;
                }
                if (reader.TokenType != JsonTokenType.StartArray) throw new FeedFailedException("unreadable", $"'{list}' is no list");
                _inList = true;
                continue;
            }
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                over = true;
                return false;
            }
            if (!JsonDocument.TryParseValue(ref reader, out _current))
            {
                Keep(state, consumed);
                if (_ended) throw new FeedFailedException("unreadable", "it breaks off");
                return false;
            }
            Keep(reader.CurrentState, (int)reader.BytesConsumed);
            return true;
        }
    }

    private void Keep(JsonReaderState state, int consumed) => (_state, _from) = (state, _from + consumed);

    private void Fill()
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
        }
        if (_to == _buffer.Length)
        {
            if (_buffer.Length >= MostElement) throw new FeedFailedException("unreadable", $"an element has more than {MostElement >> 20} MB");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = content.Read(_buffer, _to, _buffer.Length - _to);
        _to += read;
        _ended = read == 0;
    }

    public void Dispose() => _current?.Dispose();
}
