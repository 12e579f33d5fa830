// A task of the build, compiled by MSBuild itself: it may use nothing but netstandard.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Holds what the .proto files say, as protoc reads them, against what releases before said (baseline.txt). What is new may be added; what was said stays as it was: names, numbers, types,
/// values of lists, classes and bounds of fields, levels. A field may go when its number and its name are reserved.
/// </summary>
public sealed class ContractCheck : Task
{
    /// <summary>A FileDescriptorSet.</summary>
    [Required]
    public string Descriptors { get; set; }

    /// <summary>What was said, one line each.</summary>
    [Required]
    public string Baseline { get; set; }

    public override bool Execute()
    {
        var now = new HashSet<string>(StringComparer.Ordinal);
        var reservedNumbers = new HashSet<string>(StringComparer.Ordinal);
        var reservedNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Parts(File.ReadAllBytes(Descriptors)).Where(p => p.Number == 1)) Schema.Of(file.Bytes, now, reservedNumbers, reservedNames);
        var byName = now.GroupBy(NameOf).ToDictionary(g => g.Key, g => g.First());
        var line = 0;
        foreach (var said in File.ReadAllLines(Baseline))
        {
            line++;
            if (said.Length == 0 || now.Contains(said) || IsReserved(said, reservedNumbers, reservedNames)) continue;
            string instead;
            var what = byName.TryGetValue(NameOf(said), out instead) ? "now it says '" + instead + "'" : "now nothing of that name is there";
            Log.LogError(null, "JM0001", null, Baseline, line, 0, 0, 0, "A contract is broken: '" + said + "' was said by a release that may be at the other end; " + what +
                ". Put it back and add something new beside it; a field may go when its message reserves its number and its name.");
        }
        return !Log.HasLoggedErrors;
    }

    private static string NameOf(string line)
    {
        var end = line.IndexOf(" = ", StringComparison.Ordinal);
        return end < 0 ? line : line.Substring(0, end);
    }

    // "field package.Message.name = number type", and the line of its class.
    private static bool IsReserved(string said, HashSet<string> numbers, HashSet<string> names)
    {
        var parts = said.Split(' ');
        if ((parts[0] != "field" && parts[0] != "class") || !names.Contains(parts[1])) return false;
        return parts[0] == "class" || numbers.Contains(parts[1].Substring(0, parts[1].LastIndexOf('.')) + "#" + parts[3]);
    }

    private struct Part
    {
        public int Number;
        public ulong Value;
        public byte[] Bytes;
        public string Text { get { return Bytes == null ? "" : Encoding.UTF8.GetString(Bytes); } }
    }

    /// <summary>The fields of a message as they lie in its bytes.</summary>
    private static List<Part> Parts(byte[] bytes)
    {
        var parts = new List<Part>();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(bytes, ref at);
            var part = new Part { Number = (int)(tag >> 3) };
            switch ((int)(tag & 7))
            {
                case 0: part.Value = Varint(bytes, ref at); break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                case 2:
                    var length = (int)Varint(bytes, ref at);
                    part.Bytes = new byte[length];
                    Array.Copy(bytes, at, part.Bytes, 0, length);
                    at += length;
                    break;
                default: throw new InvalidDataException("protoc wrote what is no descriptor.");
            }
            parts.Add(part);
        }
        return parts;
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }

    /// <summary>Numbers of descriptor.proto and of Egress/classes.proto.</summary>
    private static class Schema
    {
        private static readonly string[] Types = { "", "Double", "Float", "Int64", "UInt64", "Int32", "Fixed64", "Fixed32", "Bool", "String", "Group", "Message", "Bytes", "UInt32", "Enum", "SFixed32", "SFixed64", "SInt32", "SInt64" };

        public static void Of(byte[] file, HashSet<string> to, HashSet<string> reservedNumbers, HashSet<string> reservedNames)
        {
            var parts = Parts(file);
            var package = parts.First(p => p.Number == 2).Text;
            foreach (var part in parts)
                switch (part.Number)
                {
                    case 4: Message(package, Parts(part.Bytes), to, reservedNumbers, reservedNames); break;
                    case 5: Enumeration(package, Parts(part.Bytes), to); break;
                    case 6: Service(package, Parts(part.Bytes), to); break;
                    case 7: to.Add(Extension(package, Parts(part.Bytes))); break;
                }
        }

        private static void Message(string above, List<Part> parts, HashSet<string> to, HashSet<string> reservedNumbers, HashSet<string> reservedNames)
        {
            var name = above + "." + Text(parts, 1);
            var choices = parts.Where(p => p.Number == 8).Select(p => Text(Parts(p.Bytes), 1)).ToList();
            foreach (var part in parts)
                switch (part.Number)
                {
                    case 2: Field(name, Parts(part.Bytes), choices, to); break;
                    case 3: Message(name, Parts(part.Bytes), to, reservedNumbers, reservedNames); break;
                    case 4: Enumeration(name, Parts(part.Bytes), to); break;
                    case 7:
                        var options = Parts(part.Bytes);
                        if (options.Any(o => o.Number >= 50010)) to.Add("message " + name + " = type " + Number(options, 50012) + " level " + Number(options, 50011) + " topic " + Number(options, 50010));
                        break;
                    case 9:
                        var range = Parts(part.Bytes);
                        for (var number = Number(range, 1); number < Number(range, 2) && number - Number(range, 1) < 10000; number++) reservedNumbers.Add(name + "#" + number);
                        break;
                    case 10: reservedNames.Add(name + "." + part.Text); break;
                }
        }

        private static void Field(string message, List<Part> parts, List<string> choices, HashSet<string> to)
        {
            var name = message + "." + Text(parts, 1);
            var choice = parts.Where(p => p.Number == 9).ToList();
            // A field that may be absent has a choice of its own, which is none.
            var isChoice = choice.Count > 0 && Number(parts, 17) == 0;
            to.Add("field " + name + " = " + Number(parts, 3) + " " + (Number(parts, 4) == 3 ? "repeated " : "") + TypeOf(parts) + (isChoice ? " oneof " + choices[(int)choice[0].Value] : ""));
            var found = parts.Where(p => p.Number == 8).ToList();
            var options = found.Count > 0 ? Parts(found[0].Bytes) : new List<Part>();
            if (options.Any(o => o.Number >= 50001))
                to.Add("class " + name + " = " + Number(options, 50001) + " max_len " + Number(options, 50002) + " dictionary " + Quoted(Text(options, 50003)) + " at_most " + Number(options, 50004) + " most_items " + Number(options, 50005) + " is_key " + Number(options, 50006));
        }

        private static void Enumeration(string above, List<Part> parts, HashSet<string> to)
        {
            var name = above + "." + Text(parts, 1);
            foreach (var value in parts.Where(p => p.Number == 2).Select(p => Parts(p.Bytes))) to.Add("value " + name + "." + Text(value, 1) + " = " + Number(value, 2));
        }

        private static void Service(string package, List<Part> parts, HashSet<string> to)
        {
            var name = package + "." + Text(parts, 1);
            foreach (var method in parts.Where(p => p.Number == 2).Select(p => Parts(p.Bytes)))
                to.Add("method " + name + "." + Text(method, 1) + "(" + Short(Text(method, 2)) + (Number(method, 5) == 1 ? " stream" : "") + ") " + Short(Text(method, 3)) + (Number(method, 6) == 1 ? " stream" : ""));
        }

        private static string Extension(string package, List<Part> parts)
        {
            return "extension " + package + "." + Text(parts, 1) + " = " + Number(parts, 3) + " " + TypeOf(parts) + " of " + Text(parts, 2).TrimStart('.');
        }

        private static string TypeOf(List<Part> parts)
        {
            var type = Types[(int)Number(parts, 5)];
            return type == "Message" || type == "Enum" ? Text(parts, 6).TrimStart('.') : type;
        }

        private static string Short(string type) { return type.Substring(type.LastIndexOf('.') + 1); }

        private static string Quoted(string text) { return "'" + text + "'"; }

        private static ulong Number(List<Part> parts, int number) { return parts.Where(p => p.Number == number).Select(p => p.Value).FirstOrDefault(); }

        private static string Text(List<Part> parts, int number) { return parts.Where(p => p.Number == number).Select(p => p.Text).FirstOrDefault() ?? ""; }
    }
}
