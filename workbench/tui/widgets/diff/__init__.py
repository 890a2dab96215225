"""The diff as it is drawn: blocks of lines opposite each other, wrapped, marked and drawn one visual line at a time.

palette   colours and signs: true colours, sixteen colours, attributes only, ASCII
lines     the lines of one side as they may be drawn, and where each of their rows begins
woven     both sides as one text, for the layout with the words inline
heads     what is not text, as lines to read: settings, variables, notes
blocks    rows and folds of a comparison as blocks of one or two columns
layout    heights, and from a visual line to the block it belongs to and back
drawing   one visual line
words     the changed words of a row, to step through
searching matches in both sides
ruler     all changes beside each other at the edge
view      the widget that all of it makes
"""
