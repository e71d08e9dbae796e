using Spectre.Console;

namespace ControlPlane.Silo.Commands;

/// <summary>What is said to people: tables and colours on a terminal, plain text where the output is piped.</summary>
internal static class Terminal
{
    private static readonly Lazy<IAnsiConsole> Errors = new(() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));

    /// <summary>An error on standard error, and the exit code that goes with it.</summary>
    public static int Fail(string message)
    {
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine($"error: {message}");
        }
        else
        {
            Errors.Value.MarkupLine($"[red]error:[/] {Markup.Escape(message)}");
        }
        return 1;
    }

    /// <summary>A warning on standard error.</summary>
    public static void Warn(string message)
    {
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine($"warning: {message}");
        }
        else
        {
            Errors.Value.MarkupLine($"[yellow]warning:[/] {Markup.Escape(message)}");
        }
    }

    /// <summary>A table; without a terminal, columns parted by spaces, as <c>kubectl</c> prints them.</summary>
    public static void Print(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (Console.IsOutputRedirected)
        {
            int[] widths = [.. columns.Select((column, i) => rows.Select(row => row[i].Length).Append(column.Length).Max())];
            foreach (IReadOnlyList<string> row in rows.Prepend([.. columns.Select(column => column.ToUpperInvariant())]))
            {
                Console.Out.WriteLine(string.Join("   ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
            }
            return;
        }
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns([.. columns]);
        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow([.. row.Select(cell => new Text(cell, StyleOf(cell)))]);
        }
        AnsiConsole.Write(table);
    }

    /// <summary>A tree; without a terminal, lines that are indented by two spaces a level.</summary>
    public static void Print(TextTree tree)
    {
        if (!Console.IsOutputRedirected)
        {
            var root = new Tree(Markup.Escape(tree.Text));
            AddTo(root, tree);
            AnsiConsole.Write(root);
            return;
        }
        Write(tree, 0);

        static void AddTo(IHasTreeNodes to, TextTree from)
        {
            foreach (TextTree child in from.Children)
            {
                AddTo(to.AddNode(Markup.Escape(child.Text)), child);
            }
        }

        static void Write(TextTree node, int depth)
        {
            Console.Out.WriteLine($"{new string(' ', depth * 2)}{node.Text}");
            foreach (TextTree child in node.Children)
            {
                Write(child, depth + 1);
            }
        }
    }

    private static Style StyleOf(string cell) => cell switch
    {
        "Live" or "Healthy" or "Synced" => new Style(Color.Green),
        "Stale" or "Lost" or "Unhealthy" or "Rejected" => new Style(Color.Red),
        "Warming" or "Draining" or "Degraded" or "Waiting" => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
