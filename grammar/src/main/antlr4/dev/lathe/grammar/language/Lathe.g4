/**
 * The Lathe language: models written by hand. docs/language.md is its reference.
 *
 *   const CLASSES = 10
 *
 *   block residual(x, filters: int, strides: int = 1) {
 *     y = x |> conv2d(filters, 3, strides: strides, padding: "same") |> batch_normalization |> relu
 *     return x + y
 *   }
 *
 *   model Digits(image: f32[N, 28, 28, 1]) -> (probs: f32[N, 10]) {
 *     x = image |> residual(32) |> flatten
 *     probs = dense(x, CLASSES, activation: "softmax")
 *   }
 *
 * A statement ends with its line. The reader of tokens (LayoutTokenSource) leaves a NEWLINE only where a
 * statement ends: not inside parentheses and brackets, not before or after an operator, not after '{' or '}'.
 */
grammar Lathe;

file : item* EOF ;

item : importItem | constItem | blockItem | modelItem ;

importItem : IMPORT STRING (AS NAME)? NEWLINE ;

constItem : CONST NAME ASSIGN expression NEWLINE ;

blockItem : BLOCK NAME parameters (ARROW outputs)? body ;

modelItem : MODEL NAME parameters ARROW outputs body ;

parameters : LPAREN (parameter (COMMA parameter)* COMMA?)? RPAREN ;

parameter : NAME (COLON type)? (ASSIGN expression)? ;

outputs : LPAREN (output (COMMA output)* COMMA?)? RPAREN ;

output : NAME (COLON type)? ;

type : NAME (LBRACKET (expression (COMMA expression)* COMMA?)? RBRACKET)? ;

body : LBRACE statement* RBRACE ;

statement
  : target (COMMA target)* ASSIGN expression NEWLINE      # assignStatement
  | PARAM NAME COLON type (ASSIGN expression)? NEWLINE    # paramStatement
  | SHARED NAME ASSIGN expression NEWLINE                 # sharedStatement
  | RETURN expression (COMMA expression)* NEWLINE         # returnStatement
  | conditional                                           # ifStatement
  | FOR NAME (COMMA NAME)* IN expression body             # forStatement
  | expression NEWLINE                                    # expressionStatement
  ;

conditional : IF expression body (ELSE (conditional | body))? ;

target : NAME (COLON type)? ;

expression
  : primary                                                        # primaryExpression
  | expression LPAREN (argument (COMMA argument)* COMMA?)? RPAREN  # callExpression
  | expression LBRACKET index (COMMA index)* COMMA? RBRACKET       # indexExpression
  | expression DOT NAME                                            # memberExpression
  | <assoc=right> expression POWER expression                      # binaryExpression
  | MINUS expression                                               # unaryExpression
  | expression (STAR | SLASH | PERCENT | AT) expression            # binaryExpression
  | expression (PLUS | MINUS) expression                           # binaryExpression
  | expression (EQ | NE | LT | LE | GT | GE) expression            # binaryExpression
  | NOT expression                                                 # unaryExpression
  | expression AND expression                                      # binaryExpression
  | expression OR expression                                       # binaryExpression
  | expression PIPE expression                                     # pipeExpression
  | <assoc=right> expression IF expression ELSE expression         # conditionalExpression
  ;

primary
  : INTEGER                                                                     # integerLiteral
  | FLOAT                                                                       # floatLiteral
  | STRING                                                                      # stringLiteral
  | TRUE                                                                        # trueLiteral
  | FALSE                                                                       # falseLiteral
  | NONE                                                                        # noneLiteral
  | NAME                                                                        # nameExpression
  | LPAREN expression RPAREN                                                    # groupExpression
  | LBRACKET (expression (COMMA expression)* COMMA?)? RBRACKET                  # listExpression
  | LBRACKET expression FOR NAME (COMMA NAME)* IN expression (IF expression)? RBRACKET  # comprehensionExpression
  ;

argument : (NAME COLON)? expression ;

index
  : expression? COLON expression? (COLON expression?)?   # sliceIndex
  | ELLIPSIS                                             # ellipsisIndex
  | expression                                           # valueIndex
  ;

IMPORT : 'import' ;
AS : 'as' ;
CONST : 'const' ;
BLOCK : 'block' ;
MODEL : 'model' ;
PARAM : 'param' ;
SHARED : 'shared' ;
RETURN : 'return' ;
IF : 'if' ;
ELSE : 'else' ;
FOR : 'for' ;
IN : 'in' ;
AND : 'and' ;
OR : 'or' ;
NOT : 'not' ;
TRUE : 'true' ;
FALSE : 'false' ;
NONE : 'none' ;

LPAREN : '(' ;
RPAREN : ')' ;
LBRACKET : '[' ;
RBRACKET : ']' ;
LBRACE : '{' ;
RBRACE : '}' ;
COMMA : ',' ;
COLON : ':' ;
ELLIPSIS : '...' ;
DOT : '.' ;
ARROW : '->' ;
PIPE : '|>' ;
POWER : '**' ;
STAR : '*' ;
SLASH : '/' ;
PERCENT : '%' ;
AT : '@' ;
PLUS : '+' ;
MINUS : '-' ;
EQ : '==' ;
NE : '!=' ;
LE : '<=' ;
LT : '<' ;
GE : '>=' ;
GT : '>' ;
ASSIGN : '=' ;

NAME : [A-Za-z_] [A-Za-z_0-9]* ;
FLOAT : DIGITS '.' DIGITS EXPONENT? | DIGITS EXPONENT ;
INTEGER : DIGITS ;
STRING : '"' CHARACTER* '"' ;

/** A string whose line ends before it does. */
UNTERMINATED_STRING : '"' CHARACTER* ;

NEWLINE : '\r'? '\n' | '\r' ;
COMMENT : '//' ~[\r\n]* -> channel(HIDDEN) ;
WHITESPACE : [ \t\f]+ -> channel(HIDDEN) ;

/** What nothing begins with. */
STRAY : . ;

fragment CHARACTER : '\\' ~[\r\n] | ~["\\\r\n] ;
fragment DIGITS : [0-9] [0-9_]* ;
fragment EXPONENT : [eE] [+-]? [0-9]+ ;
