/** The textual form of the Lathe IR. */
grammar LatheIr;

file : IDENTIFIER* EOF ;

IDENTIFIER : [A-Za-z_] [A-Za-z_0-9]* ;
WHITESPACE : [ \t\r\n]+ -> skip ;
